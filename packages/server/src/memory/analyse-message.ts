import { analyseText } from '../retrieval/analysis/analyse-text.ts'
import { detectLanguage } from '../retrieval/analysis/detect-language.ts'
import { hashWord, type IndexedTurn } from './message-block.ts'

/** A pasted book is found by its beginning. */
const maxCharacters = 50_000

/** Enough to tell a language by. */
const sampleCharacters = 500

export interface StoredTurn {
  readonly position: number
  readonly content: string
  readonly created_at: string
}

/** A message with its date among its words, so that "in November" finds it; the date does not count for its length. */
export function analyseMessage({ position, content, created_at }: StoredTurn): IndexedTurn & { language: string } {
  const text = content.slice(0, maxCharacters)
  const language = detectLanguage(text.slice(0, sampleCharacters))
  const terms = analyseText(text, language)
  const words = new Map<number, number>()
  for (const term of [...terms, ...analyseText(writeDate(created_at), 'en')]) {
    const word = hashWord(term)
    words.set(word, (words.get(word) ?? 0) + 1)
  }
  return { position, length: terms.length, words, language }
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

/** "Wednesday, 25 November 2026". */
export function writeDate(time: string): string {
  return dateFormat.format(new Date(time))
}
