import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { fusedCandidates } from './fuse-scores.ts'
import type { FoundPassage, PassageSearch } from './passage.ts'
import { readPassages } from './passage-store.ts'
import { type RankingParts, rankPassages } from './rank-passages.ts'
import { findByWords } from './search-words.ts'

interface SearchInput {
  readonly projectId: ProjectId
  readonly query: string
  readonly limit: number
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
  { db, vectors, reranker }: SearchDependencies,
  { projectId, query, limit }: SearchInput,
): Promise<PassageSearch> {
  const isRanked = vectors !== undefined || reranker !== undefined
  const candidates = isRanked ? Math.max(limit, fusedCandidates) : limit
  const [words, byVectors] = await Promise.all([
    findByWords(db, { projectId, query, limit: candidates }),
    vectors?.search({ projectId, query, limit: candidates, documents: undefined }),
  ])
  const { passages, details } = await rankPassages(
    { vectors, reranker },
    {
      query,
      limit,
      byWords: words.places,
      byVectors,
      readPassages: (places) => readPassages(db.query, projectId, places),
    },
  )
  return { passages, termWeights: words.termWeights, passageCount: words.passageCount, details }
}
