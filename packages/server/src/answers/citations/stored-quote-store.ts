import { sql } from 'kysely'
import type { Queryable } from '../../database/database.ts'
import type { ReadStoredQuote } from './check-quote.ts'

/** The database cuts: both engines count Unicode code points, and only the quote travels. */
export function storedQuoteReader(db: Queryable): ReadStoredQuote {
  return async ({ projectId, documentId }, { start, end }) =>
    await db
      .selectFrom('documents')
      .select(sql<string>`substr(text, cast(${start + 1} as integer), cast(${end - start} as integer))`.as('text'))
      .select(['content_hash as contentHash', 'file_id as fileId'])
      .where('project_id', '=', projectId)
      .where('id', '=', documentId)
      .executeTakeFirst()
}
