import { stopWordsOf } from '../../retrieval/analysis/languages.ts'
import { alignQuote } from './align-quote.ts'
import { type QuoteWord, readQuoteWords } from './quote-words.ts'

/** A range of a text in UTF-16 units, and whether it holds the quotation as it was given. */
export interface LocatedQuote {
  readonly start: number
  readonly end: number
  readonly isVerbatim: boolean
}

/**
 * From here on a quotation that is not there word by word is taken for the nearest piece that is: the words they share in
 * order, over the words of the longer one. `npm run bench -- citations` measures what that repairs and what it lets in.
 */
const minSimilarity = 0.65
/** Fewer words than these occur together by chance. */
const minPairedWords = 4
/** Two pieces joined by `…` stand this near each other; further apart they are no quotation of one place. */
const maxJoinedCharacters = 1_200
const ellipsis = /\s*(?:\[\s*(?:…|\.\s?\.\s?\.)\s*\]|\(\s*(?:…|\.\s?\.\s?\.)\s*\)|…|\.{3,}|\. \. \.)\s*/u
const hasDigit = /\p{N}/u
const negations = new Set(
  `not no never none neither nor without cannot nicht kein keine keinen keiner keinem nie niemals ohne weder noch
  ne pas jamais aucun aucune sans ni nunca jamás ningún ninguna sin non mai nessun nessuna senza não nenhum sem niet geen`.split(
    /\s+/,
  ),
)

/** Where a text says what a quotation says that it says; undefined when it does not. */
export function locateQuote(quotation: string, text: string, language: string): LocatedQuote | undefined {
  const exact = findExactly(quotation, text)
  if (exact !== undefined) return exact
  const passage: PassageWords = { text, words: readQuoteWords(text), stopWords: stopWordsOf(language) }
  const pieces = quotation.split(ellipsis).filter((piece) => readQuoteWords(piece).length > 0)
  const range = locatePieces(pieces, passage)
  return range === undefined ? undefined : toCharacters(range, passage, pieces.at(-1) ?? '')
}

/** As it stands; marks around it, emphasis within it and the stop that only closes the sentence do not count. */
function findExactly(quotation: string, text: string): LocatedQuote | undefined {
  const plain = quotation.replace(/(?<![\p{L}\p{N}])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\p{L}\p{N}])/gu, '')
  const bare = plain.replace(/^[\s"“”„«»‘’…]+|[\s"“”„«»‘’…]+$/gu, '')
  for (const wanted of [bare, bare.replace(/[.,;:!?]+$/u, '')]) {
    if (wanted === '') continue
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
      const end = at + wanted.length
      if (!isWithinWord(text, at) && !isWithinWord(text, end)) return { start: at, end, isVerbatim: true }
    }
  }
  return undefined
}

function isWithinWord(text: string, at: number): boolean {
  return (
    /[\p{L}\p{N}]\p{M}*$/u.test(text.slice(Math.max(0, at - 4), at)) &&
    /^[\p{L}\p{N}\p{M}]/u.test(text.slice(at, at + 2))
  )
}

interface PassageWords {
  readonly text: string
  readonly words: readonly QuoteWord[]
  readonly stopWords: ReadonlySet<string>
}

/** Half-open, of the passage's words. */
interface WordRange {
  readonly start: number
  readonly end: number
}

/** What an ellipsis joins, in order, each piece after the one before and all near each other. */
function locatePieces(pieces: readonly string[], passage: PassageWords): WordRange | undefined {
  let range: WordRange | undefined
  for (const piece of pieces) {
    const next = locateWords(readQuoteWords(piece), passage, range?.end ?? 0)
    if (next === undefined) return undefined
    range = { start: range?.start ?? next.start, end: next.end }
  }
  if (range === undefined || pieces.length === 1) return range
  const { words } = passage
  const length = (words[range.end - 1]?.end ?? 0) - (words[range.start]?.start ?? 0)
  return length <= maxJoinedCharacters ? range : undefined
}

function locateWords(quote: readonly QuoteWord[], passage: PassageWords, from: number): WordRange | undefined {
  const { words } = passage
  for (let at = from; at + quote.length <= words.length; at++) {
    if (quote.every(({ form }, index) => form === words[at + index]?.form)) return { start: at, end: at + quote.length }
  }
  return locateNearly(quote, passage, from)
}

function locateNearly(quote: readonly QuoteWord[], passage: PassageWords, from: number): WordRange | undefined {
  const words = passage.words.slice(from)
  const alignment = alignQuote(quote, words)
  if (alignment === undefined) return undefined
  const { start, end, pairs } = alignment
  const paired = pairs.filter((pair) => pair !== -1).length
  if (paired < minPairedWords || paired / Math.max(quote.length, end - start) < minSimilarity) return undefined
  const strangers = quote.filter((_, index) => pairs[index] === -1)
  const left = words.slice(start, end).filter((_, index) => !pairs.includes(start + index))
  return isFaithful(strangers, left, passage) ? { start: start + from, end: end + from } : undefined
}

/** What was changed is no number, no "not", and no name that stands nowhere in the passage. */
function isFaithful(strangers: readonly QuoteWord[], left: readonly QuoteWord[], passage: PassageWords): boolean {
  if (strangers.some(({ form }) => hasDigit.test(form))) return false
  if (countNegations(strangers) !== countNegations(left)) return false
  return strangers.every((word) => !isForeignName(word, passage))
}

function countNegations(words: readonly QuoteWord[]): number {
  return words.filter(({ form }) => negations.has(form) || form.endsWith("n't")).length
}

function isForeignName({ form, isCapitalised }: QuoteWord, { words, stopWords }: PassageWords): boolean {
  return isCapitalised && !stopWords.has(form) && !words.some((word) => word.form === form)
}

/** From the first word's beginning to the last one's end, with the stop that the quotation has too. */
function toCharacters({ start, end }: WordRange, { text, words }: PassageWords, quotation: string): LocatedQuote {
  const last = words[end - 1]?.end ?? 0
  const hasStop = /[.!?]["“”„«»‘’\s*_]*$/u.test(quotation) && /[.!?]/.test(text.charAt(last))
  return { start: words[start]?.start ?? 0, end: hasStop ? last + 1 : last, isVerbatim: false }
}
