import { pause } from '../pause.ts'
import { countPostings, forEachPosting } from './posting-list.ts'
import type { OrdinalRange, PassageLengths, Segment } from './segment.ts'

const k1 = 1.2
const b = 0.75
/** Longer passages than this are rare enough to be computed one by one. */
const maxTabledLength = 4_096

/** Of a project. */
interface Counts {
  readonly passageCount: number
  readonly tokenCount: number
}

/** What a search reads of a segment. */
export interface SegmentPostings {
  readonly segment: Pick<Segment, 'id' | 'size' | 'gone'>
  readonly lengths: PassageLengths
  /** By term; terms that it does not hold are left out. */
  readonly lists: ReadonlyMap<string, Uint8Array>
}

/** A segment with the score of every passage by ordinal; 0 for those that hold no term and for those deleted. */
export interface ScoredSegment {
  readonly id: Segment['id']
  readonly scores: Float64Array
}

/** Never negative, and finite for a term that no passage holds. */
export function inverseDocumentFrequency(passageCount: number, holdingTerm: number): number {
  return Math.log(1 + (passageCount - holdingTerm + 0.5) / (holdingTerm + 0.5))
}

/** A term once in a passage of mean length scores its inverse document frequency; often in a short one, up to this times it. */
export const maxTermFactor = k1 + 1

/**
 * Scores every passage by BM25. Terms weigh as often as the query has them. A passage's sum is made in the order of
 * `queryTerms`, and of numbers that only what lives decides: the same digits on every engine, however the index is cut
 * into segments.
 */
export async function scoreSegments(
  queryTerms: ReadonlyMap<string, number>,
  segments: readonly SegmentPostings[],
  statistics: Counts,
): Promise<{ scored: ScoredSegment[]; termWeights: Map<string, number> }> {
  const termWeights = new Map<string, number>()
  for (const term of queryTerms.keys()) {
    let holding = 0
    for (const { lists, segment } of segments) {
      const list = lists.get(term)
      if (list === undefined) continue
      holding += segment.gone.length === 0 ? countPostings(list) : countLiving(list, segment.gone)
      await pause()
    }
    termWeights.set(term, inverseDocumentFrequency(statistics.passageCount, holding))
  }
  const normOf = createNorms(statistics)
  const scored: ScoredSegment[] = []
  for (const { segment, lengths, lists } of segments) {
    const scores = new Float64Array(segment.size)
    for (const [term, queryFrequency] of queryTerms) {
      const list = lists.get(term)
      if (list === undefined) continue
      addScores(scores, list, {
        lengths,
        normOf,
        factor: (termWeights.get(term) ?? 0) * queryFrequency * maxTermFactor,
      })
      await pause()
    }
    for (const { start, count } of segment.gone) scores.fill(0, start, start + count)
    scored.push({ id: segment.id, scores })
  }
  return { scored, termWeights }
}

interface Scoring {
  readonly lengths: PassageLengths
  readonly normOf: (length: number) => number
  readonly factor: number
}

function addScores(scores: Float64Array, list: Uint8Array, { lengths, normOf, factor }: Scoring): void {
  forEachPosting(list, (ordinal, frequency) => {
    const norm = normOf(lengths[ordinal] ?? 0)
    scores[ordinal] = (scores[ordinal] ?? 0) + (factor * frequency) / (frequency + norm)
  })
}

/** Scores passages one by one that others found: the same digits as `scoreSegments` gives for the same weights. */
export function createScorer(
  queryTerms: ReadonlyMap<string, number>,
  termWeights: ReadonlyMap<string, number>,
  statistics: Counts,
): (passage: { readonly length: number; readonly frequencyOf: (term: string) => number }) => number {
  const normOf = createNorms(statistics)
  return ({ length, frequencyOf }) => {
    const norm = normOf(length)
    let score = 0
    for (const [term, queryFrequency] of queryTerms) {
      const frequency = frequencyOf(term)
      if (frequency === 0) continue
      score += ((termWeights.get(term) ?? 0) * queryFrequency * maxTermFactor * frequency) / (frequency + norm)
    }
    return score
  }
}

/** How much a passage's length takes from its terms. */
function createNorms({ tokenCount, passageCount }: Counts): (length: number) => number {
  const meanLength = tokenCount / Math.max(1, passageCount)
  const normOf = (length: number) => k1 * (1 - b + (b * length) / meanLength)
  const table = Float64Array.from({ length: maxTabledLength }, (_, length) => normOf(length))
  return (length) => table[length] ?? normOf(length)
}

function countLiving(list: Uint8Array, gone: readonly OrdinalRange[]): number {
  let living = 0
  let at = 0
  forEachPosting(list, (ordinal) => {
    while (at < gone.length && ordinal >= endOf(gone[at])) at++
    if (ordinal < (gone[at]?.start ?? Number.POSITIVE_INFINITY)) living++
  })
  return living
}

function endOf(range: OrdinalRange | undefined): number {
  return range === undefined ? Number.POSITIVE_INFINITY : range.start + range.count
}

export interface Candidate {
  readonly segmentId: Segment['id']
  readonly ordinal: number
  readonly score: number
}

/**
 * The passages among which the `limit` best are: those, and in other segments those that score as high as the last of
 * them, since of equal ones the document's id decides. Best first, within a segment by ordinal.
 */
export async function takeBest(scored: readonly ScoredSegment[], limit: number): Promise<Candidate[]> {
  let best: Candidate[] = []
  let lowest = 0
  for (const { id, scores } of scored) {
    const own = bestOfSegment(scores, limit, lowest).map(({ ordinal, score }) => ({ segmentId: id, ordinal, score }))
    best = [...best, ...own].sort((one, other) => other.score - one.score)
    lowest = best[limit - 1]?.score ?? 0
    best = best.filter(({ score }) => score >= lowest)
    await pause()
  }
  return best
}

function bestOfSegment(scores: Float64Array, limit: number, lowest: number) {
  const best: { ordinal: number; score: number }[] = []
  let least = lowest
  for (let ordinal = 0; ordinal < scores.length; ordinal++) {
    const score = scores[ordinal] ?? 0
    if (score < least || score === 0) continue
    if (best.length === limit && score <= (best.at(-1)?.score ?? 0)) continue
    let at = best.length
    while (at > 0 && (best[at - 1]?.score ?? 0) < score) at--
    best.splice(at, 0, { ordinal, score })
    if (best.length > limit) best.pop()
    if (best.length === limit) least = Math.max(least, best.at(-1)?.score ?? 0)
  }
  return best
}
