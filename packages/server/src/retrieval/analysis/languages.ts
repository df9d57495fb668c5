import { createRequire } from 'node:module'

// Loaded on first use and synchronously, because analysis runs in the middle of pure functions.
const require = createRequire(import.meta.url)

interface LanguageResources {
  /** A list of words too common to search for. */
  readonly stopWords: () => { stopwords: readonly string[] }
  /** Name of the Snowball algorithm, where there is one. */
  readonly stemmer?: string
  readonly script: Script
}

export type Script = 'latin' | 'cyrillic' | 'arabic' | 'armenian' | 'greek' | 'tamil' | 'devanagari'

/** By ISO 639-1 code: every language that has a stop list; the rest are searched by their words as they are. */
const resources: Readonly<Record<string, LanguageResources>> = {
  en: { stopWords: () => require('@orama/stopwords/english'), stemmer: 'english', script: 'latin' },
  de: { stopWords: () => require('@orama/stopwords/german'), stemmer: 'german', script: 'latin' },
  fr: { stopWords: () => require('@orama/stopwords/french'), stemmer: 'french', script: 'latin' },
  es: { stopWords: () => require('@orama/stopwords/spanish'), stemmer: 'spanish', script: 'latin' },
  it: { stopWords: () => require('@orama/stopwords/italian'), stemmer: 'italian', script: 'latin' },
  pt: { stopWords: () => require('@orama/stopwords/portuguese'), stemmer: 'portuguese', script: 'latin' },
  nl: { stopWords: () => require('@orama/stopwords/dutch'), stemmer: 'dutch', script: 'latin' },
  sv: { stopWords: () => require('@orama/stopwords/swedish'), stemmer: 'swedish', script: 'latin' },
  da: { stopWords: () => require('@orama/stopwords/danish'), stemmer: 'danish', script: 'latin' },
  no: { stopWords: () => require('@orama/stopwords/norwegian'), stemmer: 'norwegian', script: 'latin' },
  fi: { stopWords: () => require('@orama/stopwords/finnish'), stemmer: 'finnish', script: 'latin' },
  hu: { stopWords: () => require('@orama/stopwords/hungarian'), stemmer: 'hungarian', script: 'latin' },
  ro: { stopWords: () => require('@orama/stopwords/romanian'), stemmer: 'romanian', script: 'latin' },
  tr: { stopWords: () => require('@orama/stopwords/turkish'), stemmer: 'turkish', script: 'latin' },
  id: { stopWords: () => require('@orama/stopwords/indonesian'), script: 'latin' },
  sl: { stopWords: () => require('@orama/stopwords/slovenian'), stemmer: 'slovene', script: 'latin' },
  ru: { stopWords: () => require('@orama/stopwords/russian'), stemmer: 'russian', script: 'cyrillic' },
  uk: { stopWords: () => require('@orama/stopwords/ukrainian'), script: 'cyrillic' },
  bg: { stopWords: () => require('@orama/stopwords/bulgarian'), script: 'cyrillic' },
  ar: { stopWords: () => require('@orama/stopwords/arabic'), stemmer: 'arabic', script: 'arabic' },
  el: { stopWords: () => require('@orama/stopwords/greek'), script: 'greek' },
  hy: { stopWords: () => require('@orama/stopwords/armenian'), stemmer: 'armenian', script: 'armenian' },
  ta: { stopWords: () => require('@orama/stopwords/tamil'), stemmer: 'tamil', script: 'tamil' },
  hi: { stopWords: () => require('@orama/stopwords/indian'), script: 'devanagari' },
}

export function languagesOfScript(script: Script): string[] {
  return Object.keys(resources).filter((language) => resources[language]?.script === script)
}

const stopLists = new Map<string, ReadonlySet<string>>()

/** Stop words in the analyser's form (NFKC, lower case, straight apostrophes); empty for an unknown language. */
export function stopWordsOf(language: string): ReadonlySet<string> {
  const known = stopLists.get(language)
  if (known !== undefined) return known
  const words = resources[language]?.stopWords().stopwords ?? []
  const list = new Set(words.map((word) => word.normalize('NFKC').toLowerCase().replaceAll('’', "'").trim()))
  stopLists.set(language, list)
  return list
}

/** Words seen before are stemmed once: a stemmer does some 100,000 words a second, a map some ten million. */
const maxRemembered = 50_000
const stemmers = new Map<string, (word: string) => string>()

export function stemmerOf(language: string): (word: string) => string {
  const known = stemmers.get(language)
  if (known !== undefined) return known
  const algorithm = resources[language]?.stemmer
  const stem = algorithm === undefined ? (word: string) => word : rememberingStemmer(algorithm)
  stemmers.set(language, stem)
  return stem
}

function rememberingStemmer(algorithm: string): (word: string) => string {
  const { newStemmer }: typeof import('snowball-stemmers') = require('snowball-stemmers')
  const stemmer = newStemmer(algorithm)
  const remembered = new Map<string, string>()
  return (word) => {
    const known = remembered.get(word)
    if (known !== undefined) return known
    // Arabic words can be all affixes.
    const stem = stemmer.stem(word) || word
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(word, stem)
    return stem
  }
}
