import type { Queryable } from '../../database/database.ts'
import { readTextSlice } from '../../retrieval/document-text-store.ts'
import type { ReadStoredQuote } from './check-quote.ts'

/** The database cuts: both engines count Unicode code points, and only the quote travels. */
export function storedQuoteReader(db: Queryable): ReadStoredQuote {
  return async ({ projectId, documentId }, range) => {
    const document = await db
      .selectFrom('documents')
      .leftJoin('source_files', (join) =>
        join
          .onRef('source_files.project_id', '=', 'documents.project_id')
          .onRef('source_files.id', '=', 'documents.file_id'),
      )
      .select(['documents.content_hash as contentHash', 'documents.file_id as fileId', 'source_files.url'])
      .where('documents.project_id', '=', projectId)
      .where('documents.id', '=', documentId)
      .executeTakeFirst()
    if (document === undefined) return undefined
    const text = await readTextSlice(db, { projectId, documentId }, range)
    return text === undefined ? undefined : { text, ...document }
  }
}
