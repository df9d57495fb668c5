import { sql } from 'kysely'
import type { Tx } from '../database.ts'

/** A claim reads what runs, and the front of each owner's line: never the whole of a long queue. */
export async function migrateAnswerQueue(tx: Tx): Promise<void> {
  const statements = [
    `create index answers_waiting on answers (project_id, owner_id, created_at, id) where state = 'queued'`,
    `create index answers_running on answers (project_id, owner_id) where state = 'processing'`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
