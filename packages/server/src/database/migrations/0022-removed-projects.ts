import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/**
 * A project that was deleted stays as a row that nobody sees until what was in it is gone, a little at a time: all of it
 * hangs on that row by foreign keys. A node of the release before sees none of it but for administrators, in lists.
 */
export async function migrateRemovedProjects(tx: Tx, engine: Engine): Promise<void> {
  const time = engine === 'postgres' ? 'timestamptz(3)' : 'text'
  await sql.raw(`alter table projects add column removed_at ${time}`).execute(tx)
}
