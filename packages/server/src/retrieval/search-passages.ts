import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { findPhrases, holdsPhrases } from './analysis/quoted-phrases.ts'
import { fusedCandidates } from './fuse-scores.ts'
import type { FoundPassage, PassageSearch } from './passage.ts'
import { asksOfDocuments, type PassageFilter } from './passage-filter.ts'
import { readFilteredDocuments } from './passage-filter-store.ts'
import { type PassagePlace, readPassages, type StoredPassage } from './passage-store.ts'
import { type RankingParts, rankPassages } from './rank-passages.ts'
import { resolvePassages } from './resolve-passages.ts'
import type { SearchedSet, VectorSearch } from './vectors/search-vectors.ts'
import { findByWords } from './words/search-words.ts'

interface SearchInput {
  readonly projectId: ProjectId
  /** What it has in quotation marks must stand in a passage just so. */
  readonly query: string
  readonly limit: number
  readonly filter?: PassageFilter | undefined
}

interface SearchDependencies extends RankingParts {
  readonly db: Pick<Database, 'engine' | 'query'>
}

/** The best passages of a project for a query, best first; none when nothing there is like it. */
export async function searchPassages(dependencies: SearchDependencies, input: SearchInput): Promise<FoundPassage[]> {
  return [...(await searchPassagesInDetail(dependencies, input)).passages]
}

/** By words, and where an embedding model is configured by vectors, side by side; then one ranking of both. */
export async function searchPassagesInDetail(
  { db, words: index, vectors, reranker }: SearchDependencies,
  { projectId, query, limit, filter = {} }: SearchInput,
): Promise<PassageSearch> {
  const isRanked = vectors !== undefined || reranker !== undefined
  const candidates = isRanked ? Math.max(limit, fusedCandidates) : limit
  const phrases = findPhrases(query)
  const documents = asksOfDocuments(filter) ? await readFilteredDocuments(db.query, projectId, filter) : undefined
  const readPicked = async (places: readonly PassagePlace[]) => {
    const rows = await readPassages(db.query, projectId, places)
    return rows.filter((row) => isPicked(row, filter, phrases))
  }
  const pick = async <P extends PassagePlace>(places: readonly P[]) => {
    const picked = new Set((await readPicked(places)).map(keyOf))
    return places.filter((place) => picked.has(keyOf(place)))
  }
  const isPicky = phrases.length > 0 || filter.pages !== undefined
  const asked = { projectId, query, limit: candidates, documents, phrases, pick: isPicky ? pick : undefined }
  const resolve = () => resolvePassages(db, { projectId, documents, phrases, pages: filter.pages })
  const { words, byVectors } = await askBoth(vectors, projectId, {
    byWords: () => (index === undefined ? findByWords(db, asked) : index.find(asked)),
    byVectors: (set) => vectors?.search(set, { ...asked, resolve }),
  })
  const { passages, details } = await rankPassages(
    { vectors, reranker },
    { query, limit, byWords: words.places, byVectors, readPassages: readPicked },
  )
  return {
    passages,
    termWeights: words.termWeights,
    passageCount: words.passageCount,
    details: { ...details, words: words.details },
  }
}

/**
 * Words and vectors side by side, of the same passages: the set of vectors is looked up first, so when passages were cut
 * anew and swapped meanwhile, another set answers afterwards, and both are asked again.
 */
async function askBoth<W, V>(
  vectors: VectorSearch | undefined,
  projectId: ProjectId,
  ask: { byWords: () => Promise<W>; byVectors: (set: SearchedSet | undefined) => Promise<V> | undefined },
): Promise<{ words: W; byVectors: V | undefined }> {
  for (;;) {
    const set = await vectors?.findSet(projectId)
    const [words, byVectors] = await Promise.all([ask.byWords(), ask.byVectors(set)])
    if (set?.hasNext !== true || (await vectors?.findSet(projectId))?.id === set.id) return { words, byVectors }
  }
}

function keyOf({ documentId, number }: PassagePlace): string {
  return `${documentId}/${number}`
}

function isPicked(row: StoredPassage, { pages }: PassageFilter, phrases: readonly string[]): boolean {
  if (pages !== undefined && (row.page === null || row.page < pages.first || row.page > pages.last)) return false
  if (phrases.length === 0) return true
  return holdsPhrases([...row.headingPath, row.text].join('\n'), row.language, phrases)
}
