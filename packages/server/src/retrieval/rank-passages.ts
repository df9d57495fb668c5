import { ModelError } from '../models/language-model.ts'
import type { Reranker } from '../models/rerank.ts'
import { type FusedPlace, fuseScores, type ScoredPlace, wordsAlone } from './fuse-scores.ts'
import type { FoundPassage, SearchDetails } from './passage.ts'
import type { VectorSearch, VectorSearchResult } from './vectors/search-vectors.ts'
import type { WordIndex } from './words/word-index.ts'

/** What goes beyond words in segments; each part is there when it is configured. */
export interface RankingParts {
  /** Undefined: segments alone. */
  readonly words?: WordIndex | undefined
  readonly vectors?: VectorSearch | undefined
  readonly reranker?: Reranker | undefined
}

type UnscoredPassage = Omit<FoundPassage, 'score' | 'scores'>

interface Ranking {
  readonly query: string
  readonly limit: number
  readonly byWords: readonly ScoredPlace[]
  readonly byVectors: VectorSearchResult | undefined
  /** In the order asked for; those that are gone are left out. */
  readonly readPassages: (places: readonly FusedPlace[]) => Promise<readonly UnscoredPassage[]>
}

/** As many of the best are shown to the reranker. */
const rerankedCandidates = 50

/** What the words and the vectors found as one list, the best of it judged again where there is a reranker. */
export async function rankPassages(
  { vectors, reranker }: Omit<RankingParts, 'words'>,
  { query, limit, byWords, byVectors, readPassages }: Ranking,
): Promise<{ readonly passages: readonly FoundPassage[]; readonly details: Omit<SearchDetails, 'words'> }> {
  const isFused = vectors !== undefined && byVectors?.type === 'searched'
  const places = isFused ? fuseScores(byWords, byVectors.places, vectors.weight) : wordsAlone(byWords)
  const wanted = reranker === undefined ? limit : Math.max(limit, rerankedCandidates)
  const found = await readBest(places, wanted, readPassages)
  const { passages, details } = await rerank(reranker, query, found)
  return { passages: passages.slice(0, limit), details: { vectors: describe(byVectors), rerank: details } }
}

function describe(result: VectorSearchResult | undefined): SearchDetails['vectors'] {
  if (result === undefined) return null
  return result.type === 'skipped' ? result : { type: 'searched', model: result.model, index: result.index }
}

/** Vectors may name passages that went a moment ago: the next best take their places. */
async function readBest(
  places: readonly FusedPlace[],
  wanted: number,
  readPassages: Ranking['readPassages'],
): Promise<readonly FoundPassage[]> {
  const found: FoundPassage[] = []
  for (let at = 0; at < places.length && found.length < wanted; at += wanted) {
    const slice = places.slice(at, at + wanted)
    const byPlace = new Map(slice.map((place) => [`${place.documentId}/${place.number}`, place]))
    for (const row of await readPassages(slice)) {
      const place = byPlace.get(`${row.documentId}/${row.number}`)
      if (place !== undefined) found.push({ ...row, score: place.score, scores: place.scores })
    }
  }
  return found.slice(0, wanted)
}

/** Passages that were not judged come after those that were, in the order they had. */
async function rerank(
  reranker: Reranker | undefined,
  query: string,
  found: readonly FoundPassage[],
): Promise<{ readonly passages: readonly FoundPassage[]; readonly details: SearchDetails['rerank'] }> {
  if (reranker === undefined) return { passages: found, details: null }
  if (found.length < 2) return { passages: found, details: { type: 'skipped', reason: 'There is nothing to order' } }
  const shown = found.slice(0, rerankedCandidates)
  try {
    const scores = await reranker.score(
      query,
      shown.map(({ headingPath, text }) => [...headingPath, text].join('\n')),
    )
    const judged = found.map((passage, i) => ({ passage, rerank: scores[i] ?? null }))
    const order = judged.toSorted(
      (a, b) => (b.rerank ?? Number.NEGATIVE_INFINITY) - (a.rerank ?? Number.NEGATIVE_INFINITY) || 0,
    )
    return {
      passages: order.map(({ passage, rerank: score }) => ({
        ...passage,
        score: score ?? passage.score,
        scores: { ...passage.scores, rerank: score },
      })),
      details: { type: 'reranked', model: reranker.model },
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return { passages: found, details: { type: 'skipped', reason: error.message } }
  }
}
