import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { analyseQuestion } from './analyse-question.ts'
import { readPassages } from './document-store.ts'
import { fusedCandidates } from './fuse-scores.ts'
import type { FoundPassage, PassageSearch } from './passage.ts'
import { readPostings, readStatistics } from './posting-store.ts'
import { type RankingParts, rankPassages } from './rank-passages.ts'
import { scorePassages } from './score-bm25.ts'

interface SearchInput {
  readonly projectId: ProjectId
  readonly query: string
  readonly limit: number
}

interface SearchDependencies extends RankingParts {
  readonly db: Pick<Database, 'query'>
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
    searchWords(db, { projectId, query, limit: candidates }),
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

/**
 * Three reads, all by primary key: the statistics, the postings of the query's terms (a row a term and document, more
 * than one read above some thousand passages), and the rows of the best passages alone.
 */
async function searchWords(db: Pick<Database, 'query'>, { projectId, query, limit }: SearchInput) {
  const statistics = await readStatistics(db.query, projectId)
  const terms = analyseQuestion(query, statistics.languages)
  const postings = await readPostings(db.query, projectId, [...terms.keys()], statistics.passageCount)
  return { ...(await scorePassages(terms, postings, statistics, limit)), passageCount: statistics.passageCount }
}
