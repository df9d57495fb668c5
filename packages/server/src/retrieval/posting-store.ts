import type { Queryable } from '../database/database.ts'
import type { DocumentId, ProjectId } from '../ids.ts'

/** What one document holds of one term; `entries` as in posting-entries.ts. */
export interface Posting {
  readonly documentId: DocumentId
  readonly entries: Uint8Array
}

export interface IndexStatistics {
  readonly passageCount: number
  readonly tokenCount: number
  /** Of the project's documents. */
  readonly languages: readonly string[]
}

/** One read by primary key: a row a language. */
export async function readStatistics(db: Queryable, projectId: ProjectId): Promise<IndexStatistics> {
  const rows = await db
    .selectFrom('index_statistics')
    .select(['language', 'passage_count', 'token_count'])
    .where('project_id', '=', projectId)
    .where('passage_count', '>', 0)
    .orderBy('language')
    .execute()
  return {
    passageCount: rows.reduce((sum, row) => sum + row.passage_count, 0),
    tokenCount: rows.reduce((sum, row) => sum + row.token_count, 0),
    languages: rows.map((row) => row.language),
  }
}

/** Below this many passages all terms are read in one round trip; above, term by term in slices. */
const smallProject = 2_000
/** Rows a slice: some 3 ms on SQLite, whose reads hold the thread, so that other requests get their turn in between. */
const rowsPerSlice = 1_000

/** Everything the index holds of some terms: a row for each document and term, found by primary key. */
export async function readPostings(
  db: Queryable,
  projectId: ProjectId,
  terms: readonly string[],
  passageCount: number,
): Promise<Map<string, Posting[]>> {
  const postings = new Map<string, Posting[]>(terms.map((term) => [term, []]))
  if (terms.length === 0 || passageCount === 0) return postings
  if (passageCount <= smallProject) {
    for (const { term, ...posting } of await selectPostings(db, projectId, terms).execute())
      postings.get(term)?.push(posting)
    return postings
  }
  for (const term of terms) postings.set(term, await readTerm(db, projectId, term))
  return postings
}

async function readTerm(db: Queryable, projectId: ProjectId, term: string): Promise<Posting[]> {
  const postings: Posting[] = []
  for (;;) {
    const slice = await selectPostingSlice(db, projectId, term, postings.at(-1)?.documentId).execute()
    for (const posting of slice) postings.push(posting)
    if (slice.length < rowsPerSlice) return postings
    await new Promise(setImmediate)
  }
}

export function selectPostings(db: Queryable, projectId: ProjectId, terms: readonly string[]) {
  return db
    .selectFrom('postings')
    .select(['term', 'document_id as documentId', 'entries'])
    .where('project_id', '=', projectId)
    .where('term', 'in', terms)
}

export function selectPostingSlice(db: Queryable, projectId: ProjectId, term: string, after: DocumentId | undefined) {
  const query = db
    .selectFrom('postings')
    .select(['document_id as documentId', 'entries'])
    .where('project_id', '=', projectId)
    .where('term', '=', term)
    .orderBy('document_id')
    .limit(rowsPerSlice)
  return after === undefined ? query : query.where('document_id', '>', after)
}
