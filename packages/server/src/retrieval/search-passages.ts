import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { analyseQuestion } from './analyse-question.ts'
import { readPassages } from './document-store.ts'
import type { FoundPassage, PassageSearch } from './passage.ts'
import { readPostings, readStatistics } from './posting-store.ts'
import { scorePassages } from './score-bm25.ts'

interface SearchInput {
  readonly projectId: ProjectId
  readonly query: string
  readonly limit: number
}

/** The best passages of a project for a query, best first; none when no word of it occurs there. */
export async function searchPassages(
  { db }: { db: Pick<Database, 'query'> },
  input: SearchInput,
): Promise<FoundPassage[]> {
  return [...(await searchPassagesInDetail({ db }, input)).passages]
}

/**
 * Three reads, all by primary key: the statistics, the postings of the query's terms (a row a term and document, more
 * than one read above some thousand passages), and the rows of the best passages alone.
 */
export async function searchPassagesInDetail(
  { db }: { db: Pick<Database, 'query'> },
  { projectId, query, limit }: SearchInput,
): Promise<PassageSearch> {
  const statistics = await readStatistics(db.query, projectId)
  const terms = analyseQuestion(query, statistics.languages)
  const postings = await readPostings(db.query, projectId, [...terms.keys()], statistics.passageCount)
  const { places, termWeights } = await scorePassages(terms, postings, statistics, limit)
  const rows = await readPassages(db.query, projectId, places)
  const scores = new Map(places.map((place) => [`${place.documentId}/${place.number}`, place.score]))
  const passages = rows.map((row) => ({ ...row, score: scores.get(`${row.documentId}/${row.number}`) ?? 0 }))
  return { passages, termWeights, passageCount: statistics.passageCount }
}
