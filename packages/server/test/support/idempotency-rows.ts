import { sql } from 'kysely'
import { type Database, now, timeFromNow } from '../../src/database/database.ts'
import { ingestKind } from '../../src/ingestion/ingest-source.ts'
import { syncKind } from '../../src/ingestion/syncs/source-sync.ts'
import { trainingKind } from '../../src/ingestion/training/training.ts'

const counted = [
  'users',
  'api_keys',
  'sign_in_links',
  'projects',
  'project_members',
  'project_invitations',
  'prompts',
  'chats',
  'messages',
  'answers',
  'sources',
  'trainings',
  'jobs',
] as const

/** Not what keeps an index in order by itself. */
const askedJobs = [ingestKind, syncKind, trainingKind]

/** Rows by table; tables that are the same are left out. */
export type Made = Partial<Record<(typeof counted)[number], number>>

/** How many rows there are, or how many more than before. */
export async function countRows(db: Database, before: Made = {}): Promise<Made> {
  const counts: Made = {}
  for (const table of counted) {
    const isCounted = table === 'jobs' ? sql`kind in (${sql.join(askedJobs)})` : sql`1 = 1`
    const statement = sql<{ count: number }>`select count(*) as count from ${sql.table(table)} where ${isCounted}`
    const { rows } = await statement.execute(db.query)
    const difference = Number(rows[0]?.count) - (before[table] ?? 0)
    if (difference !== 0) counts[table] = difference
  }
  return counts
}

/** As if every keyed request so far had been cut off between its commit and its answer, by the death of its node. */
export async function rewind(db: Database, node: string): Promise<void> {
  await setRunning(db, node, now())
}

/** As if every keyed request so far were still being handled by a node that lives. */
export async function keepRunning(db: Database, node: string, forMs: number): Promise<void> {
  await setRunning(db, node, timeFromNow(forMs))
}

async function setRunning(db: Database, node: string, lease_expires_at: string): Promise<void> {
  const update = () =>
    db.query
      .updateTable('idempotency_keys')
      .set({ state: 'running', node, lease_expires_at, status: null, headers: null, body: null })
      .execute()
  // The server is in this process: while this connection waits for SQLite's lock, a transaction of its cannot go on.
  await update().catch(async (error: unknown) => {
    if (!String(error).includes('locked')) throw error
    await new Promise((resolve) => setTimeout(resolve, 500))
    await update()
  })
}

export async function endLease(db: Database): Promise<void> {
  await db.query
    .updateTable('idempotency_keys')
    .set({ lease_expires_at: now() })
    .where('state', '=', 'running')
    .execute()
}
