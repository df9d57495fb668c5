import type { DocumentId } from '../ids.ts'
import type { ComponentScores } from './passage.ts'

/** A passage by where it stands, with what one side made of it. */
export interface ScoredPlace {
  readonly documentId: DocumentId
  readonly number: number
  readonly score: number
}

export interface FusedPlace extends ScoredPlace {
  readonly scores: ComponentScores
}

/** As many of each side go into the sum. */
export const fusedCandidates = 200

/**
 * Each side scaled to 0 to 1 by its own best and worst, absent is 0, then the weighted sum: a weak model then costs at
 * most some hundredths, where summing ranks cost a tenth (nDCG@10). Ties by document and number.
 */
export function fuseScores(
  byWords: readonly ScoredPlace[],
  byVectors: readonly ScoredPlace[],
  weight: number,
): FusedPlace[] {
  const found = new Map<
    string,
    { place: Omit<ScoredPlace, 'score'>; bm25: number | null; vector: number | null; fused: number }
  >()
  const entryOf = ({ documentId, number }: Omit<ScoredPlace, 'score'>) => {
    const key = `${documentId}/${number}`
    const entry = found.get(key) ?? { place: { documentId, number }, bm25: null, vector: null, fused: 0 }
    found.set(key, entry)
    return entry
  }
  for (const { place, score, scaled } of scale(byWords)) {
    const entry = entryOf(place)
    entry.bm25 = score
    entry.fused += (1 - weight) * scaled
  }
  for (const { place, score, scaled } of scale(byVectors)) {
    const entry = entryOf(place)
    entry.vector = score
    entry.fused += weight * scaled
  }
  return [...found.values()]
    .map(({ place, bm25, vector, fused }) => ({
      ...place,
      score: fused,
      scores: { bm25, vector, fused, rerank: null },
    }))
    .sort((a, b) => b.score - a.score || compareIds(a.documentId, b.documentId) || a.number - b.number)
}

/** Words alone: their score is the order. */
export function wordsAlone(byWords: readonly ScoredPlace[]): FusedPlace[] {
  return byWords.map((place) => ({
    ...place,
    scores: { bm25: place.score, vector: null, fused: null, rerank: null },
  }))
}

/** A side that found one passage, or all alike, says of each that it is the best. */
function scale(places: readonly ScoredPlace[]) {
  const best = places.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY)
  const worst = places.reduce((least, { score }) => Math.min(least, score), Number.POSITIVE_INFINITY)
  return places.map((place) => ({
    place,
    score: place.score,
    scaled: best === worst ? 1 : (place.score - worst) / (best - worst),
  }))
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
