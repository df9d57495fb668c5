import { stemmerOf, stopWordsOf } from './languages.ts'

/** Scripts written without spaces between words: their runs are searched as overlapping pairs of characters. */
const unspaced =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\u30FC'
const spaced = `[[\\p{L}\\p{N}]--[${unspaced}]]`
const wordPattern = new RegExp(
  `([${unspaced}]+)|${spaced}[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]*(?:'${spaced}[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]*)*`,
  'gv',
)
const apostrophes = /[\u2018\u2019\u02BC\uFF07`´]/g
/** Invisible inside words: soft hyphens, joiners, byte order marks. */
const invisible = /[\u00AD\u200B-\u200D\u2060\uFEFF]/g
/** PostgreSQL limits the length of an indexed value; nobody searches for more. */
const maxTermLength = 64

/** Calls `visit` with every word of a text in order, as written (lower case) and as the term it is found by. */
export function forEachWord(
  text: string,
  language: string,
  visit: (word: string, term: string | undefined) => void,
): void {
  const stopWords = stopWordsOf(language)
  const stem = stemmerOf(language)
  const visitPart = (part: string) => {
    visit(part, stopWords.has(part) ? undefined : shorten(stem(shorten(part))))
  }
  for (const match of normaliseText(text).matchAll(wordPattern)) {
    const word = match[0]
    if (match[1] !== undefined) visitPairs(word, visit)
    else if (stopWords.has(word)) visit(word, undefined)
    else if (!word.includes("'")) visitPart(word)
    else for (const part of (word.endsWith("'s") ? word.slice(0, -2) : word).split("'")) visitPart(part)
  }
}

/** The terms of a text, in order, with repetitions: the same for passages, messages and questions. */
export function analyseText(text: string, language: string): string[] {
  const terms: string[] = []
  forEachWord(text, language, (_word, term) => {
    if (term !== undefined) terms.push(term)
  })
  return terms
}

function normaliseText(text: string): string {
  const composed = text.normalize('NFKC').toLowerCase().replace(apostrophes, "'")
  return composed.replace(invisible, '')
}

function visitPairs(run: string, visit: (word: string, term: string) => void): void {
  const characters = [...run]
  if (characters.length === 1) visit(run, run)
  for (let i = 0; i + 1 < characters.length; i++) {
    const pair = `${characters[i]}${characters[i + 1]}`
    visit(pair, pair)
  }
}

/** By whole characters: half of a surrogate pair cannot be stored. */
function shorten(word: string): string {
  return word.length <= maxTermLength ? word : word.slice(0, maxTermLength).replace(/[\uD800-\uDBFF]$/, '')
}
