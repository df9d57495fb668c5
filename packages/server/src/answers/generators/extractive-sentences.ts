import { forEachWord } from '../../retrieval/analyse-text.ts'
import type { FoundPassage, PassageSearch } from '../../retrieval/passage.ts'
import { inverseDocumentFrequency, maxTermFactor } from '../../retrieval/score-bm25.ts'
import { splitSentences } from '../../retrieval/split-sentences.ts'
import { matchesKind } from './extractive-kinds.ts'
import type { ParsedQuestion } from './extractive-question.ts'

/** A sentence of a found passage that may answer. */
export interface ScoredSentence {
  readonly passage: FoundPassage
  readonly text: string
  /** Half-open range in the document's text, in code points. */
  readonly start: number
  readonly end: number
  readonly score: number
  /** How likely it is that the question is answered at all, judged by this sentence: 0 to 1. */
  readonly confidence: number
}

const windowLength = 15
/** A table row or a text without full stops is quoted in pieces of about this many characters. */
const maxSentenceLength = 500

/**
 * Scores every sentence of the passages by a fixed formula: its share of the question's weight (inverse document
 * frequencies), what its neighbours add, closeness and order of the words, the passage's own score and rank, and
 * whether it holds the kind of thing asked for. Weights learned from data did no better.
 */
export function scoreSentences(search: PassageSearch, parse: (language: string) => ParsedQuestion): ScoredSentence[] {
  const bestPassageScore = search.passages[0]?.score ?? 1
  return search.passages.flatMap((passage, index) => {
    const question = weigh(parse(passage.language), search)
    const base = (0.5 * passage.score) / bestPassageScore + 0.1 / (index + 1)
    return scorePassage(passage, question, base)
  })
}

interface WeighedQuestion extends ParsedQuestion {
  readonly weights: ReadonlyMap<string, number>
  readonly total: number
}

function weigh(question: ParsedQuestion, search: PassageSearch): WeighedQuestion {
  const unseen = inverseDocumentFrequency(search.passageCount, 0)
  const weights = new Map(
    [...question.terms].map(([term, share]) => [term, share * (search.termWeights.get(term) ?? unseen)]),
  )
  const total = weights.values().reduce((sum, weight) => sum + weight, 0)
  return { ...question, weights, total }
}

function scorePassage(passage: FoundPassage, question: WeighedQuestion, base: number): ScoredSentence[] {
  const sentences = splitIntoPieces(passage.text, passage.language).map((range) => readSentence(passage, range))
  const share = (terms: Iterable<string>) => sumWeights(new Set(terms), question) / (question.total || 1)
  const headingTerms = readTerms(passage.headingPath.join('\n'), passage.language)
  const passageTerms = new Set([...headingTerms, ...sentences.flatMap((sentence) => [...sentence.terms])])
  const missingNames =
    [...question.names].filter((name) => !passageTerms.has(name)).length / Math.max(1, question.names.size)
  const ofIdeal = passage.score / (question.total * maxTermFactor || 1)
  return sentences.map((sentence, at) => {
    const own = share(sentence.terms)
    const before = share([...(sentences[at - 1]?.terms ?? [])].filter((term) => !sentence.terms.has(term)))
    const after = share([...(sentences[at + 1]?.terms ?? [])].filter((term) => !sentence.terms.has(term)))
    const pairs = Math.min(5, countPairs(sentence.sequence, question.pairs)) / 5
    const newTerms = [...sentence.terms].filter((term) => !question.weights.has(term)).length
    const score =
      own +
      0.35 * before +
      0.15 * after +
      0.3 * bestWindow(sentence.words, question) +
      0.25 * pairs +
      base +
      0.25 * matchesKind(question.kind, sentence.text, (word) => isInQuestion(word, question, passage.language)) -
      (newTerms < 4 ? 0.1 : 0)
    const z = -5.24 + 2.94 * own + 5.12 * share(passageTerms) - 0.95 * missingNames + 2.54 * pairs + 0.68 * ofIdeal
    return {
      passage,
      text: sentence.text,
      start: sentence.start,
      end: sentence.end,
      score,
      confidence: 1 / (1 + Math.exp(-z)),
    }
  })
}

function splitIntoPieces(text: string, language: string): { start: number; end: number }[] {
  return splitSentences(text, language).flatMap((range) => {
    if (range.end - range.start <= maxSentenceLength) return [range]
    const pieces: { start: number; end: number }[] = []
    for (const match of text.slice(range.start, range.end).matchAll(/\S[\s\S]{0,399}(?=\s|$)|\S{1,400}/g)) {
      pieces.push({ start: range.start + match.index, end: range.start + match.index + match[0].trimEnd().length })
    }
    return pieces
  })
}

function readSentence(passage: FoundPassage, range: { start: number; end: number }) {
  const text = passage.text.slice(range.start, range.end)
  const words: (string | undefined)[] = []
  forEachWord(text, passage.language, (_word, term) => words.push(term))
  const sequence = words.filter((term) => term !== undefined)
  const start = passage.start + [...passage.text.slice(0, range.start)].length
  return { text, words, sequence, terms: new Set(sequence), start, end: start + [...text].length }
}

function readTerms(text: string, language: string): string[] {
  const terms: string[] = []
  forEachWord(text, language, (_word, term) => {
    if (term !== undefined) terms.push(term)
  })
  return terms
}

function isInQuestion(word: string, question: ParsedQuestion, language: string): boolean {
  return readTerms(word, language).every((term) => question.terms.has(term))
}

function sumWeights(terms: ReadonlySet<string>, question: WeighedQuestion): number {
  let sum = 0
  for (const [term, weight] of question.weights) if (terms.has(term)) sum += weight
  return sum
}

function countPairs(sequence: readonly string[], pairs: ReadonlySet<string>): number {
  const shared = new Set<string>()
  for (let i = 0; i + 1 < sequence.length; i++) {
    const pair = `${sequence[i]} ${sequence[i + 1]}`
    if (pairs.has(pair)) shared.add(pair)
  }
  return shared.size
}

/** The greatest share of the question that stands within so many words in a row. */
function bestWindow(words: readonly (string | undefined)[], question: WeighedQuestion): number {
  const inside = new Map<string, number>()
  let sum = 0
  let best = 0
  for (const [i, term] of words.entries()) {
    if (term !== undefined) {
      const count = inside.get(term) ?? 0
      if (count === 0) sum += question.weights.get(term) ?? 0
      inside.set(term, count + 1)
    }
    const left = words[i - windowLength]
    if (left !== undefined) {
      const count = (inside.get(left) ?? 1) - 1
      if (count === 0) sum -= question.weights.get(left) ?? 0
      inside.set(left, count)
    }
    best = Math.max(best, sum)
  }
  return best / (question.total || 1)
}

/** The best sentences, best first, without repetitions: overlapping passages hold the same ones, copies nearly the same. */
export function takeBestSentences(sentences: readonly ScoredSentence[], limit: number): ScoredSentence[] {
  const sorted = sentences.toSorted(
    (a, b) => b.score - a.score || (a.passage.documentId < b.passage.documentId ? -1 : 1) || a.start - b.start,
  )
  const taken: { sentence: ScoredSentence; terms: Set<string> }[] = []
  for (const sentence of sorted) {
    if (taken.length === limit) break
    const terms = new Set(readTerms(sentence.text, sentence.passage.language))
    if (!taken.some((other) => isNearDuplicate(terms, other.terms))) taken.push({ sentence, terms })
  }
  return taken.map(({ sentence }) => sentence)
}

function isNearDuplicate(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((term) => b.has(term)).length
  return shared / Math.max(1, a.size + b.size - shared) > 0.8
}
