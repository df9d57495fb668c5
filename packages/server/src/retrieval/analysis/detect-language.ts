import { createRequire } from 'node:module'
import { languagesOfScript, type Script, stopWordsOf } from './languages.ts'

// Loaded with the first long text, some 8 MB: a server that parses in other processes rarely needs it.
const require = createRequire(import.meta.url)

/** What a text is when nothing tells: its words are searched as they are. */
const unknownLanguage = 'und'

const sampleLength = 4_000
const scripts: readonly (readonly [Script | 'han' | 'kana' | 'hangul' | 'thai', RegExp])[] = [
  ['latin', /\p{sc=Latin}/gu],
  ['cyrillic', /\p{sc=Cyrillic}/gu],
  ['arabic', /\p{sc=Arabic}/gu],
  ['greek', /\p{sc=Greek}/gu],
  ['armenian', /\p{sc=Armenian}/gu],
  ['tamil', /\p{sc=Tamil}/gu],
  ['devanagari', /\p{sc=Devanagari}/gu],
  ['han', /\p{sc=Han}/gu],
  ['kana', /[\p{sc=Hiragana}\p{sc=Katakana}]/gu],
  ['hangul', /\p{sc=Hangul}/gu],
  ['thai', /\p{sc=Thai}/gu],
]
/** What franc calls languages by; those it does not name this way have no stop list here either. */
const shortCodes: Readonly<Record<string, string>> = {
  eng: 'en',
  deu: 'de',
  fra: 'fr',
  spa: 'es',
  ita: 'it',
  por: 'pt',
  nld: 'nl',
  swe: 'sv',
  hun: 'hu',
  ron: 'ro',
  tur: 'tr',
  ind: 'id',
  rus: 'ru',
  ukr: 'uk',
  bul: 'bg',
  arb: 'ar',
  ell: 'el',
  tam: 'ta',
  hin: 'hi',
  pol: 'pl',
  ces: 'cs',
  vie: 'vi',
  cmn: 'zh',
  jpn: 'ja',
  kor: 'ko',
  tha: 'th',
  pes: 'fa',
  urd: 'ur',
  heb: 'he',
  hrv: 'hr',
  srp: 'sr',
  bos: 'bs',
  bel: 'be',
}

/**
 * The language of a text, as ISO 639-1 or, where that has no code for it, ISO 639-3. The script decides first, then
 * stop words, of which every sentence has some, then franc's trigrams, which need a longer text. A text too short for
 * either is English when its script is Latin.
 */
export function detectLanguage(text: string): string {
  const sample = takeSample(text)
  const script = commonestScript(sample)
  if (script === undefined) return unknownLanguage
  if (script === 'han' || script === 'kana') return script === 'kana' || /\p{sc=Hiragana}/u.test(sample) ? 'ja' : 'zh'
  if (script === 'hangul') return 'ko'
  if (script === 'thai') return 'th'
  const candidates = languagesOfScript(script)
  const words =
    sample
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}']+/gu) ?? []
  const vote = commonestStopWords(words, candidates)
  if (vote !== undefined && (words.length < 20 || vote.share >= 0.25)) return vote.language
  if (words.length >= 20) {
    const { franc }: typeof import('franc-min') = require('franc-min')
    const guess = franc(sample)
    const language = shortCodes[guess] ?? guess
    // A language with a stop list would have won the vote: program text and tables look like any of them.
    if (!candidates.includes(language)) return language
  }
  return vote?.language ?? (script === 'latin' ? 'en' : (candidates[0] ?? unknownLanguage))
}

/** Beginning, middle and end: a title page or a licence is often in another language than the rest. */
function takeSample(text: string): string {
  if (text.length <= sampleLength) return text
  const part = Math.floor(sampleLength / 4)
  const middle = Math.floor(text.length / 2)
  return `${text.slice(0, part)}\n${text.slice(middle - part, middle + part)}\n${text.slice(-part)}`
}

function commonestScript(sample: string) {
  let best: (typeof scripts)[number][0] | undefined
  let most = 0
  for (const [script, pattern] of scripts) {
    const count = sample.match(pattern)?.length ?? 0
    if (count > most) {
      best = script
      most = count
    }
  }
  return best
}

/** At least a tenth of the words must be stop words of the language. Single letters count for none; ties go to the first. */
function commonestStopWords(words: readonly string[], candidates: readonly string[]) {
  let best: { language: string; share: number } | undefined
  for (const language of candidates) {
    const stopWords = stopWordsOf(language)
    let hits = 0
    for (const word of words) if (word.length > 1 && stopWords.has(word)) hits++
    const share = hits / words.length
    if (share >= 0.1 && share > (best?.share ?? 0)) best = { language, share }
  }
  return best
}
