import { sql } from 'kysely'
import type { Queryable } from '../../database/database.ts'
import type { ReadStoredQuote } from './check-quote.ts'

/** The database cuts: both engines count Unicode code points, and only the quote travels. */
export function storedQuoteReader(db: Queryable): ReadStoredQuote {
  return async ({ projectId, documentId }, { start, end }) =>
    await db
      .selectFrom('documents')
      .leftJoin('source_files', (join) =>
        join
          .onRef('source_files.project_id', '=', 'documents.project_id')
          .onRef('source_files.id', '=', 'documents.file_id'),
      )
      .select(sql<string>`substr(text, cast(${start + 1} as integer), cast(${end - start} as integer))`.as('text'))
      .select(['documents.content_hash as contentHash', 'documents.file_id as fileId', 'source_files.url'])
      .where('documents.project_id', '=', projectId)
      .where('documents.id', '=', documentId)
      .executeTakeFirst()
}
