/** The reader's own kind of a language of the page, such as British English, for times and numbers. */
export function localeOf(language: string): string {
  return navigator.languages.find((name) => name.split('-')[0] === language) ?? language
}
