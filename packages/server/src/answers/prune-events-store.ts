import { sql } from 'kysely'
import type { Database, Engine } from '../database/database.ts'
import { dayOf, dayOfId } from '../ids.ts'

/** A log is kept this long after its answer ended; then readers get the answer from the message. */
const keepMs = 24 * 3_600_000
/** No answer takes a day, so a day's logs are all past their time two days after it. */
const keepDays = 2
/** Partitions are made this many days ahead, so that a node that was off for long is never late. */
const daysAhead = 3
/** Answers per call on SQLite, so that no call holds the database long. */
const maxAnswers = 100

/**
 * Makes room for the logs to come and removes the old ones: on PostgreSQL a partition a day, dropped whole, which leaves
 * no dead rows behind; on SQLite by deleting. Any node may call it at any time.
 */
export function pruneEvents(db: Database, at: Date): Promise<void> {
  return pruners[db.engine](db, at)
}

const pruners: Readonly<Record<Engine, (db: Database, at: Date) => Promise<void>>> = {
  sqlite: deleteOldLogs,
  postgres: turnPartitions,
}

async function deleteOldLogs({ query: db }: Database, at: Date): Promise<void> {
  const ended = await db
    .selectFrom('answers')
    .select(['project_id', 'id'])
    .where('completed_at', '<', new Date(at.getTime() - keepMs).toISOString())
    .where('log_pruned_at', 'is', null)
    .limit(maxAnswers)
    .execute()
  for (const { project_id, id } of ended) {
    await db.deleteFrom('answer_events').where('project_id', '=', project_id).where('answer_id', '=', id).execute()
    await db
      .updateTable('answers')
      .set({ log_pruned_at: at.toISOString() })
      .where('project_id', '=', project_id)
      .where('id', '=', id)
      .execute()
  }
}

const prefix = 'answer_events_d'

async function turnPartitions(db: Database, at: Date): Promise<void> {
  const today = dayOf(at)
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'answer_events'::regclass`.execute(db.query)
  const kept = await sql<{ day: number }>`select distinct day from answer_events_default`.execute(db.query)
  const stray = kept.rows.map((row) => row.day)
  const days = rows.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => Number(name.slice(prefix.length)))
  const missing = Array.from({ length: daysAhead + 1 }, (_, ahead) => today + ahead).filter(
    // A partition cannot be made for a day whose rows are in the default one already.
    (day) => !days.includes(day) && !stray.includes(day),
  )
  const before = Math.min(today - keepDays, await findOldestUnfinishedDay(db))
  const old = days.filter((day) => day < before)
  if (stray.some((day) => day < before))
    await sql`delete from answer_events_default where day < ${before}`.execute(db.query)
  if (missing.length === 0 && old.length === 0) return
  await db.query.transaction().execute(async (tx) => {
    // Both need the whole table for a moment: better to come back in a minute than to let questions queue up behind.
    await sql`set local lock_timeout = '1s'`.execute(tx)
    // One node does it; the others find it done.
    const turn = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(7305802) as mine`.execute(tx)
    if (turn.rows[0]?.mine !== true) return
    for (const day of missing) {
      await sql`create table if not exists ${sql.table(`${prefix}${day}`)} partition of answer_events
        for values from (${sql.lit(day)}) to (${sql.lit(day + 1)})`.execute(tx)
    }
    for (const day of old) await sql`drop table if exists ${sql.table(`${prefix}${day}`)}`.execute(tx)
  })
}

/** What was cut off long ago, because every node was off, still has to be taken over with its log. */
async function findOldestUnfinishedDay({ query: db }: Database): Promise<number> {
  const row = await db
    .selectFrom('answers')
    .select((eb) => eb.fn.min('id').as('oldest'))
    .where('state', 'in', ['queued', 'processing'])
    .executeTakeFirst()
  const oldest = row?.oldest ?? undefined
  return oldest === undefined ? Number.POSITIVE_INFINITY : dayOfId(oldest)
}
