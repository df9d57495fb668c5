import { stopWordsOf } from '../../retrieval/analysis/languages.ts'
import type { QuestionKind } from './extractive-question.ts'

const number =
  /\p{N}[\p{N}.,]*|(?<!\p{L})(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|twice|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|deux|trois|quatre|cinq|sept|huit|neuf|dix|dos|tres|cuatro|cinco|siete|ocho|nueve|diez)(?!\p{L})/giu
const date =
  /\b(?:1\d{3}|20\d{2})s?\b|(?<!\p{L})(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|centur(?:y|ies)|decades?|jahrhunderts?|siècles?|siglos?|secol[oi])(?!\p{L})/giu
const digits = /\p{N}+/gu
const cause =
  /\b(?:because|since|due to|owing to|thanks to|as a result|so that|in order to|therefore|thus|hence|caus(?:e|es|ed|ing)|reasons?|leads? to|led to|weil|denn|deshalb|daher|wegen|damit|parce|car|puisque|afin|porque|debido|perché|poiché)\b/iu
const placed =
  /\b(?:in|at|near|from|to|of|aus|bei|nach|von|à|dans|en|de|da|di|em)\s+(?:the\s+)?(\p{Lu}[\p{L}\p{N}'-]*)/gu
const capitalised = /(?<![\p{L}\p{N}'’])\p{Lu}[\p{L}\p{N}]*/gu
/** Capitalised at the start of a sentence, these name nobody. */
const common = stopWordsOf('en')

/** How well a sentence holds the kind of thing that was asked for, beyond what the question itself says: 0 to 1. */
export function matchesKind(kind: QuestionKind, sentence: string, isInQuestion: (word: string) => boolean): number {
  const tellsNew = (pattern: RegExp) => sentence.matchAll(pattern).some((match) => !isInQuestion(match[1] ?? match[0]))
  const tellsName = () =>
    sentence.matchAll(capitalised).some(([word]) => !common.has(word.toLowerCase()) && !isInQuestion(word))
  switch (kind) {
    case 'number':
      return tellsNew(number) ? 1 : 0
    case 'date':
      if (tellsNew(date)) return 1
      return tellsNew(digits) ? 0.5 : 0
    case 'who':
      return tellsName() ? 1 : 0
    case 'where':
      if (tellsNew(placed)) return 1
      return tellsName() ? 0.5 : 0
    case 'why':
      return cause.test(sentence) ? 1 : 0
    case 'other':
      return 0.5
  }
}
