import { analyseText } from '../../retrieval/analysis/analyse-text.ts'
import type { SentenceRange } from '../../retrieval/analysis/split-sentences.ts'
import { type FoundPassage, locateInPassage } from '../../retrieval/passage.ts'
import { leansOnPrevious, type ScoredSentence, sentenceText } from './extractive-sentences.ts'

/** One sentence, or some that follow each other, verbatim. */
export interface Quote {
  readonly passage: FoundPassage
  readonly text: string
  /** Half-open range in the document's text, in code points. */
  readonly start: number
  readonly end: number
}

/** Quotes of the best sentences, `limit` at most, the quote with the best first; neighbours become one quote. */
export function chooseQuotes(sentences: readonly ScoredSentence[], limit: number): Quote[] {
  const chosen = chooseSentences(sentences, limit)
  const runs = [...Map.groupBy(chosen, ({ passage }) => passage).values()].flatMap(findRuns)
  const rank = (run: readonly ScoredSentence[]) => Math.min(...run.map((sentence) => chosen.indexOf(sentence)))
  return runs.sort((a, b) => rank(a) - rank(b)).flatMap((run) => quote(run))
}

/** A sentence that stands in several passages is taken once. The best, when it begins with a pronoun, brings the one before. */
function chooseSentences(sentences: readonly ScoredSentence[], limit: number): ScoredSentence[] {
  const chosen: ScoredSentence[] = []
  const seen: ReadonlySet<string>[] = []
  for (const sentence of sentences.toSorted(byScore)) {
    const previous =
      chosen.length === 0 && leansOnPrevious(sentenceText(sentence)) ? findPrevious(sentence, sentences) : undefined
    for (const candidate of previous === undefined ? [sentence] : [sentence, previous]) {
      if (chosen.length === limit) return chosen
      const terms = new Set(analyseText(sentenceText(candidate), candidate.passage.language))
      if (seen.some((other) => isNearDuplicate(terms, other))) continue
      seen.push(terms)
      chosen.push(candidate)
    }
  }
  return chosen
}

/** Equal scores by place, so that the answer is always the same. */
function byScore(a: ScoredSentence, b: ScoredSentence): number {
  if (a.score !== b.score) return b.score - a.score
  if (a.passage.documentId !== b.passage.documentId) return a.passage.documentId < b.passage.documentId ? -1 : 1
  return a.passage.number - b.passage.number || a.index - b.index
}

function findPrevious(sentence: ScoredSentence, sentences: readonly ScoredSentence[]): ScoredSentence | undefined {
  const { passage, index } = sentence
  const previous = sentences.find((other) => other.passage === passage && other.index === index - 1)
  return previous !== undefined && follow(previous, sentence) ? previous : undefined
}

/** Whether two sentences of a passage stand side by side in one paragraph or row. */
function follow(before: ScoredSentence, after: ScoredSentence): boolean {
  if (before.index + 1 !== after.index) return false
  const between = before.passage.text.slice(before.siblings[before.index]?.end, after.siblings[after.index]?.start)
  return !/\n\s*\n/.test(between) && rowOf(before) === rowOf(after)
}

function rowOf({ passage, siblings, index }: ScoredSentence): number | null {
  const range = siblings[index]
  return range === undefined ? null : locateInPassage(passage, rangeInDocument(passage, range)).rowStart
}

function findRuns(chosen: readonly ScoredSentence[]): ScoredSentence[][] {
  const runs: ScoredSentence[][] = []
  for (const sentence of chosen.toSorted((a, b) => a.index - b.index)) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && follow(last, sentence)) run.push(sentence)
    else runs.push([sentence])
  }
  return runs
}

function quote(run: readonly ScoredSentence[]): Quote[] {
  const [first, last] = [run[0], run.at(-1)]
  if (first === undefined || last === undefined) return []
  const { passage, siblings } = first
  const range = { start: siblings[first.index]?.start ?? 0, end: siblings[last.index]?.end ?? passage.text.length }
  return [{ passage, text: passage.text.slice(range.start, range.end), ...rangeInDocument(passage, range) }]
}

/** In code points. */
function rangeInDocument({ text, start }: FoundPassage, range: SentenceRange): SentenceRange {
  const from = start + [...text.slice(0, range.start)].length
  return { start: from, end: from + [...text.slice(range.start, range.end)].length }
}

function isNearDuplicate(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((term) => b.has(term)).length
  return shared / Math.max(1, a.size + b.size - shared) > 0.8
}
