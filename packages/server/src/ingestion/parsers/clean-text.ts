// Control characters (PostgreSQL cannot store NUL), byte order marks, interlinear marks, soft hyphens, zero-width spaces.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const invisible = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff\ufff9-\ufffb]/g

/** Text that every engine can store and every reader can show: well-formed, `\n` line ends, nothing invisible. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\f\v\u0085\u2028\u2029]/g, '\n')
    .replace(invisible, '')
    .toWellFormed()
}

/** One line with single spaces, for headings, cells and flowing text. */
export function collapseSpaces(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

/** A file name or metadata entry fit to be shown, or nothing. */
export function shortTitle(text: string | null | undefined): string | null {
  const title = collapseSpaces(text ?? '')
  return title === '' ? null : [...title].slice(0, 300).join('')
}
