/** Words of somebody else, as a text gives them: what stands between quotation marks. Offsets are of the text. */
export interface Quotation {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** An opening mark with those that may close it. German and English share some: “ closes what „ opened. */
const closers: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”"',
  '„': '“”"',
  '«': '»',
  '»': '«',
  '「': '」',
  '『': '』',
  '‹': '›',
  '‘': '’',
}
/** Shorter ones name a thing or keep a distance from a word; they are no claim that somebody wrote them. */
const minWords = 3
const word = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{N}]+/gu

/** The quotations of a text in order, those of a few words left out. What is opened and never closed is none. */
export function findQuotations(text: string): Quotation[] {
  const found: Quotation[] = []
  for (let at = 0; at < text.length; at++) {
    const closing = closers[text.charAt(at)]
    if (closing === undefined || !mayOpen(text, at)) continue
    const end = findEnd(text, at + 1, closing)
    if (end === -1) continue
    const inner = text.slice(at + 1, end)
    if ((inner.match(word) ?? []).length >= minWords) found.push({ text: inner, start: at + 1, end })
    at = end
  }
  return found
}

/** Not the inches of 5" nor an apostrophe. */
function mayOpen(text: string, at: number): boolean {
  const character = text.charAt(at)
  if (character !== '"' && character !== '‘') return true
  return !/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && /\S/.test(text.charAt(at + 1))
}

function findEnd(text: string, from: number, closing: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    // A quotation ends with its paragraph at the latest.
    if (character === '\n' && text.charAt(at + 1) === '\n') return -1
    if (closing.includes(character) && !(character === '’' && isInsideWord(text, at))) return at
  }
  return -1
}

/** An apostrophe, as in “the owl’s”. */
function isInsideWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && /[\p{L}\p{N}]/u.test(text.charAt(at + 1))
}
