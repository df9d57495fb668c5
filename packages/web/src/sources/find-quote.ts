/** A stretch of one of the strings: half-open, in UTF-16 units. */
export interface Stretch {
  readonly index: number
  readonly start: number
  readonly end: number
}

/**
 * Where the quote stands in the strings that a PDF's page is made of. Spaces, hyphens at line ends, ligatures and case
 * differ between what a parser read and what a page draws, so letters and digits alone are compared. When the quote
 * goes on over the page's end, or begins before it, the part that is here is found.
 */
export function findQuote(strings: readonly string[], quote: string): readonly Stretch[] {
  const places: { readonly index: number; readonly start: number; readonly end: number }[] = []
  let page = ''
  for (const [index, string] of strings.entries()) {
    let at = 0
    for (const character of string) {
      const read = lettersOf(character)
      for (const _ of read) places.push({ index, start: at, end: at + character.length })
      page += read
      at += character.length
    }
  }
  const wanted = lettersOf(quote)
  const found = findPart(page, wanted)
  if (found === undefined) return []
  const stretches: { index: number; start: number; end: number }[] = []
  for (const { index, start, end } of places.slice(found.start, found.end)) {
    const last = stretches.at(-1)
    if (last?.index === index) last.end = end
    else stretches.push({ index, start, end })
  }
  return stretches
}

/** Shorter parts stand everywhere. */
const leastLetters = 24

function findPart(page: string, wanted: string): { readonly start: number; readonly end: number } | undefined {
  if (wanted === '') return undefined
  const whole = page.indexOf(wanted)
  if (whole !== -1) return { start: whole, end: whole + wanted.length }
  const head = wanted.slice(0, leastLetters)
  const tail = wanted.slice(-leastLetters)
  if (wanted.length < leastLetters) return undefined
  const from = page.lastIndexOf(head)
  const to = page.indexOf(tail)
  // Ends that fit with a few differences between them, such as a footnote's number.
  if (from !== -1 && to > from && to + tail.length - from < wanted.length * 1.5)
    return { start: from, end: to + tail.length }
  if (from !== -1) return { start: from, end: Math.min(page.length, from + wanted.length) }
  if (to !== -1) return { start: Math.max(0, to + tail.length - wanted.length), end: to + tail.length }
  return undefined
}

/** One UTF-16 unit per place, so that it can be searched as a string. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
