import { forEachWord } from './analyse-text.ts'

const maxPhrases = 10
/** A straight mark after a letter or digit is inches or the end of something. */
const quoted = /(?<![\p{L}\p{N}"])"(?=[^\s"])([^"]+)"|“([^”“]+)”|„([^“”„]+)[“”]|«([^»«]+)»/gu

/** What a query has in quotation marks, and must therefore stand in a passage just so. */
export function findPhrases(query: string): string[] {
  const phrases = [...query.matchAll(quoted)].map((match) => match.slice(1).find((part) => part !== undefined) ?? '')
  return phrases.filter((phrase) => wordsOf(phrase, 'und').length > 0).slice(0, maxPhrases)
}

/** The terms that a passage in a language has when it holds all phrases: what the index can say of it. */
export function termsOfPhrases(phrases: readonly string[], language: string): ReadonlySet<string> {
  const terms = new Set<string>()
  for (const phrase of phrases) forEachWord(phrase, language, (_, term) => term !== undefined && terms.add(term))
  return terms
}

/** Whether a text holds every phrase, word by word after analysis: case, marks and endings do not count, order does. */
export function holdsPhrases(text: string, language: string, phrases: readonly string[]): boolean {
  const words = wordsOf(text, language)
  return phrases.every((phrase) => holds(words, wordsOf(phrase, language)))
}

/** Common words stand for themselves: they are in no index, but in a phrase they count. */
function wordsOf(text: string, language: string): string[] {
  const words: string[] = []
  forEachWord(text, language, (word, term) => words.push(term ?? word))
  return words
}

function holds(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_, at) => phrase.every((word, offset) => words[at + offset] === word))
}
