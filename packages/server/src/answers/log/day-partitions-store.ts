import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'

/** Partitions are made this many days ahead, so that a node that was off for long is never late. */
const daysAhead = 3

interface DayPartitions {
  /** Partitioned by `day`, with a default partition of its name and `_default`. */
  readonly table: 'answer_events' | 'answer_traces'
  readonly today: number
  /** Days before it are removed. */
  readonly before: number
}

/** PostgreSQL: makes room for the days to come and drops the old ones whole, which leaves no dead rows behind. */
export async function turnDayPartitions(db: Database, { table, today, before }: DayPartitions): Promise<void> {
  const prefix = `${table}_d`
  const byDefault = sql.table(`${table}_default`)
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass`.execute(db.query)
  const kept = await sql<{ day: number }>`select distinct day from ${byDefault}`.execute(db.query)
  const stray = kept.rows.map((row) => row.day)
  const days = rows.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => Number(name.slice(prefix.length)))
  const missing = Array.from({ length: daysAhead + 1 }, (_, ahead) => today + ahead).filter(
    // A partition cannot be made for a day whose rows are in the default one already.
    (day) => !days.includes(day) && !stray.includes(day),
  )
  const old = days.filter((day) => day < before)
  if (stray.some((day) => day < before)) await sql`delete from ${byDefault} where day < ${before}`.execute(db.query)
  if (missing.length === 0 && old.length === 0) return
  await db.query.transaction().execute(async (tx) => {
    // Both need the whole table for a moment: better to come back in a minute than to let questions queue up behind.
    await sql`set local lock_timeout = '1s'`.execute(tx)
    // One node does it; the others find it done.
    const turn = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(7305802) as mine`.execute(tx)
    if (turn.rows[0]?.mine !== true) return
    for (const day of missing) {
      await sql`create table if not exists ${sql.table(`${prefix}${day}`)} partition of ${sql.table(table)}
        for values from (${sql.lit(day)}) to (${sql.lit(day + 1)})`.execute(tx)
    }
    for (const day of old) await sql`drop table if exists ${sql.table(`${prefix}${day}`)}`.execute(tx)
  })
}
