import { analyseText, forEachWord } from '../../retrieval/analysis/analyse-text.ts'
import { splitPassageSentences } from '../../retrieval/analysis/split-passage-sentences.ts'
import type { SentenceRange } from '../../retrieval/analysis/split-sentences.ts'
import type { FoundPassage, PassageSearch } from '../../retrieval/passage.ts'
import { inverseDocumentFrequency, maxTermFactor } from '../../retrieval/words/score-bm25.ts'
import { matchesKind } from './extractive-kinds.ts'
import { type ParsedQuestion, wordPairs } from './extractive-question.ts'

/** A sentence of a found passage that may answer. */
export interface ScoredSentence {
  readonly passage: FoundPassage
  /** The sentences of the passage, and which of them this is. */
  readonly siblings: readonly SentenceRange[]
  readonly index: number
  readonly score: number
  /** How likely it is that the question is answered at all, judged by this sentence and its passage: 0 to 1. */
  readonly confidence: number
}

const windowLength = 15
/** A table row or a text without full stops is read in pieces of at most this many characters. */
const maxSentenceLength = 500

/**
 * Scores every sentence of the passages by a fixed formula: its share of the question's weight (inverse document
 * frequencies), what its neighbours add, closeness and order of the words, the passage's own score and rank, and
 * whether it holds the kind of thing asked for. Weights learned from data did no better.
 */
export function scoreSentences(search: PassageSearch, parse: (language: string) => ParsedQuestion): ScoredSentence[] {
  const bestPassageScore = Math.max(...search.passages.map(wordScore)) || 1
  return search.passages.flatMap((passage, index) => {
    const question = weigh(parse(passage.language), search)
    return scorePassage(passage, question, (0.5 * wordScore(passage)) / bestPassageScore + 0.1 / (index + 1))
  })
}

/** The formula's weights are of this score, whatever else the passages were ordered by. */
function wordScore(passage: FoundPassage): number {
  return passage.scores.bm25 ?? 0
}

export function sentenceText({ passage, siblings, index }: ScoredSentence): string {
  const range = siblings[index]
  return range === undefined ? '' : passage.text.slice(range.start, range.end)
}

/** Begins with a word that stands for something in the sentence before. */
export function leansOnPrevious(sentence: string): boolean {
  return /^\P{L}*(?:he|she|it|they|his|her|its|their|this|these|that|those|such|both|the (?:former|latter|same)|er|sie|es|dies\p{L}*|il|elle|ils|elles|ce|cette|él|ella|ellos|este|esta)(?!\p{L})/iu.test(
    sentence,
  )
}

interface WeighedQuestion extends ParsedQuestion {
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
}

function weigh(question: ParsedQuestion, search: PassageSearch): WeighedQuestion {
  const unseen = inverseDocumentFrequency(search.passageCount, 0)
  const weights = new Map<string, number>()
  for (const [term, share] of question.terms) weights.set(term, share * (search.termWeights.get(term) ?? unseen))
  return { ...question, weights, total: weights.values().reduce((sum, weight) => sum + weight, 0) || 1 }
}

function scorePassage(passage: FoundPassage, question: WeighedQuestion, base: number): ScoredSentence[] {
  const siblings = splitIntoPieces(passage)
  const sentences = siblings.map((range) => readSentence(passage, range))
  const headingTerms = analyseText(passage.headingPath.join('\n'), passage.language)
  const passageTerms = new Set([...headingTerms, ...sentences.flatMap((sentence) => [...sentence.terms])])
  const missingNames =
    [...question.names].filter((name) => !passageTerms.has(name)).length / Math.max(1, question.names.size)
  const passageEvidence =
    5.12 * shareOf(passageTerms, question) -
    0.95 * missingNames +
    (0.68 * wordScore(passage)) / (question.total * maxTermFactor)
  const isInQuestion = (word: string) => analyseText(word, passage.language).every((term) => question.terms.has(term))
  const scored = sentences.map((sentence, index) => {
    const own = shareOf(sentence.terms, question)
    const addedBy = (at: number) =>
      shareOf(new Set([...(sentences[at]?.terms ?? [])].filter((term) => !sentence.terms.has(term))), question)
    const pairs = Math.min(5, new Set(sentence.pairs.filter((pair) => question.pairs.has(pair))).size) / 5
    const newWords = sentence.words.filter((term) => term === undefined || !question.terms.has(term)).length
    const score =
      own +
      (leansOnPrevious(sentence.text) ? 0.7 : 0.35) * addedBy(index - 1) +
      0.15 * addedBy(index + 1) +
      0.3 * bestWindow(sentence.words, question) +
      0.25 * pairs +
      0.25 * matchesKind(question.kind, sentence.text, isInQuestion) +
      base -
      (newWords < 4 ? 0.1 : 0)
    const evidence = passageEvidence + 2.94 * own + 2.54 * pairs - 5.24
    return { passage, siblings, index, score, confidence: 1 / (1 + Math.exp(-evidence)) }
  })
  // A heading lends its words to the sentence below it, but says nothing itself; a slide of headings alone is quoted.
  const headings = new Set([passage, ...(passage.changes ?? [])].flatMap(({ headingPath }) => headingPath.map(folded)))
  const prose = scored.filter(({ index }) => !headings.has(folded(sentences[index]?.text ?? '')))
  return prose.length > 0 ? prose : scored
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function splitIntoPieces(passage: FoundPassage): SentenceRange[] {
  return splitPassageSentences(passage).flatMap((range) => {
    if (range.end - range.start <= maxSentenceLength) return [range]
    return passage.text
      .slice(range.start, range.end)
      .matchAll(/\S[\s\S]{0,399}(?=\s|$)|\S{1,400}/gu)
      .map(({ index, 0: piece }) => ({ start: range.start + index, end: range.start + index + piece.trimEnd().length }))
      .toArray()
  })
}

function readSentence({ text: passageText, language }: FoundPassage, { start, end }: SentenceRange) {
  const text = passageText.slice(start, end)
  const words: (string | undefined)[] = []
  forEachWord(text, language, (_word, term) => words.push(term))
  return { text, words, terms: new Set(words.filter((term) => term !== undefined)), pairs: wordPairs(text, language) }
}

function shareOf(terms: ReadonlySet<string>, question: WeighedQuestion): number {
  let sum = 0
  for (const [term, weight] of question.weights) if (terms.has(term)) sum += weight
  return sum / question.total
}

/** The greatest share of the question that stands within so many words in a row. */
function bestWindow(words: readonly (string | undefined)[], question: WeighedQuestion): number {
  const inside = new Map<string, number>()
  let sum = 0
  let best = 0
  const move = (term: string | undefined, by: 1 | -1) => {
    if (term === undefined) return
    const count = (inside.get(term) ?? 0) + by
    inside.set(term, count)
    if (count === (by === 1 ? 1 : 0)) sum += by * (question.weights.get(term) ?? 0)
  }
  for (const [i, term] of words.entries()) {
    move(term, 1)
    if (i >= windowLength) move(words[i - windowLength], -1)
    best = Math.max(best, sum)
  }
  return best / question.total
}
