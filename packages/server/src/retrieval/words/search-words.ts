import type { Database } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { analyseQuestion } from '../analysis/analyse-question.ts'
import { termsOfPhrases } from '../analysis/quoted-phrases.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import { takePicked } from '../take-picked.ts'
import { readPostings, SegmentsReplaced } from './read-postings.ts'
import { keepDocuments, keepHolding } from './restrict-scores.ts'
import { type Candidate, type ScoredSegment, scoreSegments, takeBest } from './score-bm25.ts'
import type { Segment } from './segment.ts'
import { readDocumentsAt } from './segment-lookup-store.ts'
import { readSegments } from './segment-store.ts'
import type { FoundByWords, WordQuery } from './word-index.ts'

/** Between two merges of one project lie seconds. */
const maxAttempts = 20

type Searched = Pick<Database, 'engine' | 'query'>

export interface IndexStatistics {
  readonly passageCount: number
  readonly tokenCount: number
  /** Of the project's documents, in order. */
  readonly languages: readonly string[]
}

/** A project scored for a query: the best passages are taken from it in portions. */
interface WordSearch {
  readonly segments: readonly Segment[]
  readonly scored: readonly ScoredSegment[]
  readonly termWeights: ReadonlyMap<string, number>
  readonly statistics: IndexStatistics
}

/** The best passages by words, and what scored them. Reads by primary key alone. */
export async function findByWords(db: Searched, query: WordQuery): Promise<FoundByWords> {
  return await retryReplaced(async () => {
    const start = performance.now()
    const search = await searchWords(db, query)
    const takeBest = (count: number) => takeBestPlaces(db, query.projectId, search, count)
    const { pick, limit } = query
    const places = await (pick === undefined ? takeBest(limit) : takePicked({ limit, takeBest, pick }))
    const details = {
      index: 'postings' as const,
      segments: search.segments.length,
      ms: millisecondsSince(start),
    }
    return { places, termWeights: search.termWeights, passageCount: search.statistics.passageCount, details }
  })
}

/** Scores every passage of a project for the words of a query. Throws `SegmentsReplaced`. */
async function searchWords(db: Searched, { projectId, query, documents, phrases }: WordQuery): Promise<WordSearch> {
  const segments = await readSegments(db.query, projectId, 'visible')
  const statistics = sumStatistics(segments)
  const terms = analyseQuestion(query, statistics.languages)
  const required = statistics.languages.map((language) => termsOfPhrases(phrases, language))
  const read = new Set([...terms.keys(), ...required.flatMap((set) => [...set])])
  const postings = await readPostings(db, projectId, segments, [...read])
  const { scored, termWeights } = await scoreSegments(terms, postings, statistics)
  if (phrases.length > 0) await keepHolding(scored, postings, required)
  if (documents !== undefined) await keepDocuments(db, segments, scored, documents)
  return { scored, termWeights, segments, statistics }
}

/** Merges and deletions never make a search wait, nor the other way round; one whose segments went begins anew. */
export async function retryReplaced<T>(search: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await search()
    } catch (error) {
      if (!(error instanceof SegmentsReplaced) || attempt === maxAttempts) throw error
    }
  }
}

export async function readStatistics(db: Database['query'], projectId: ProjectId): Promise<IndexStatistics> {
  return sumStatistics(await readSegments(db, projectId, 'visible'))
}

export function sumStatistics(segments: readonly Segment[]): IndexStatistics {
  return {
    passageCount: segments.reduce((sum, segment) => sum + segment.passageCount, 0),
    tokenCount: segments.reduce((sum, segment) => sum + segment.tokenCount, 0),
    languages: [...new Set(segments.flatMap(({ languages }) => Object.keys(languages)))].sort(),
  }
}

/** The best `limit` passages of a scored project, best first, ties by document id and number. Throws `SegmentsReplaced`. */
export async function takeBestPlaces(
  db: Searched,
  projectId: ProjectId,
  { scored, segments }: Pick<WordSearch, 'scored' | 'segments'>,
  limit: number,
): Promise<ScoredPlace[]> {
  const candidates = await takeBest(scored, limit)
  const documents = await readDocumentsAt(db, projectId, candidates)
  // Of a deleted document, or of a segment that was replaced.
  if (documents.length < candidates.length) await requireCurrent(db, projectId, segments)
  const found = new Map(documents.map((document) => [keyOf(document), document]))
  const places = candidates.flatMap((candidate) => {
    const document = found.get(keyOf(candidate))
    if (document === undefined) return []
    return [
      {
        documentId: document.documentId,
        number: document.first + candidate.ordinal - document.base,
        score: candidate.score,
      },
    ]
  })
  return places.sort(comparePlaces).slice(0, limit)
}

/** To a tenth. */
export function millisecondsSince(start: number): number {
  return Math.round(10 * (performance.now() - start)) / 10
}

async function requireCurrent(db: Searched, projectId: ProjectId, searched: readonly Segment[]): Promise<void> {
  const current = new Set((await readSegments(db.query, projectId, 'visible')).map(({ id }) => id))
  if (!searched.every(({ id }) => current.has(id))) throw new SegmentsReplaced()
}

function keyOf({ segmentId, ordinal }: Pick<Candidate, 'segmentId' | 'ordinal'>): string {
  return `${segmentId}/${ordinal}`
}

export function comparePlaces(one: ScoredPlace, other: ScoredPlace): number {
  if (one.score !== other.score) return other.score - one.score
  if (one.documentId !== other.documentId) return one.documentId < other.documentId ? -1 : 1
  return one.number - other.number
}
