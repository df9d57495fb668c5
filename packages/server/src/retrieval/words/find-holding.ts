import type { Database } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import { termsOfPhrases } from '../analysis/quoted-phrases.ts'
import type { PassagePlace } from '../passage-store.ts'
import { readPostings } from './read-postings.ts'
import { keepDocuments, keepHolding } from './restrict-scores.ts'
import { scoreSegments } from './score-bm25.ts'
import { retryReplaced, sumStatistics, takeBestPlaces } from './search-words.ts'
import { readSegments } from './segment-store.ts'

interface Holding {
  readonly projectId: ProjectId
  readonly phrases: readonly string[]
  readonly documents: ReadonlySet<DocumentId> | undefined
}

/**
 * Every passage that has all words of some phrases, in whatever order they stand: by the index, without reading one.
 * Undefined when more than `most` do, or when a phrase is of common words alone, which no index knows.
 */
export async function findHolding(
  db: Pick<Database, 'engine' | 'query'>,
  { projectId, phrases, documents }: Holding,
  most: number,
): Promise<readonly PassagePlace[] | undefined> {
  return await retryReplaced(async () => {
    const segments = await readSegments(db.query, projectId, 'visible')
    const statistics = sumStatistics(segments)
    const required = statistics.languages.map((language) => termsOfPhrases(phrases, language))
    if (required.some(({ size }) => size === 0)) return undefined
    const terms = new Map(required.flatMap((set) => [...set]).map((term) => [term, 1]))
    const postings = await readPostings(db, projectId, segments, [...terms.keys()])
    const { scored } = await scoreSegments(terms, postings, statistics)
    await keepHolding(scored, postings, required)
    if (documents !== undefined) await keepDocuments(db, segments, scored, documents)
    const places = await takeBestPlaces(db, projectId, { scored, segments }, most + 1)
    return places.length > most ? undefined : places
  })
}
