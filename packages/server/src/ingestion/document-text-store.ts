import { sql } from 'kysely'
import type { Queryable } from '../database/database.ts'
import type { DocumentId, ProjectId } from '../ids.ts'

/** A part of a document's text, cut by the database: both engines count Unicode code points. */
export async function readDocumentSlice(
  db: Queryable,
  projectId: ProjectId,
  documentId: DocumentId,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('documents')
    .select(sql<string>`substr(text, cast(${start + 1} as integer), cast(${end - start} as integer))`.as('slice'))
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .executeTakeFirst()
  return row?.slice
}
