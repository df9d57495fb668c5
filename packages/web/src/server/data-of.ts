/** The body of a success. Refusals were thrown before; the types cannot know. */
export function dataOf<T>({ data }: { readonly data?: T }): T {
  if (data === undefined) throw new Error('The server answered without a body')
  return data
}
