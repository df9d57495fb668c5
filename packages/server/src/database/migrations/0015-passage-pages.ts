import { sql } from 'kysely'
import type { Tx } from '../database.ts'

/** The passages on some pages of a project, by the index alone: vectors are compared among those. */
export async function migratePassagePages(tx: Tx): Promise<void> {
  await sql
    .raw('create index passages_page on passages (project_id, page, document_id, number) where page is not null')
    .execute(tx)
}
