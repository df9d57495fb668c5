import type { Database, Engine } from '../../database/database.ts'
import { dayOf, dayOfId } from '../../ids.ts'
import { turnDayPartitions } from './day-partitions-store.ts'

/** A log is kept this long after its answer ended; then readers get the answer from the message. */
const keepMs = 24 * 3_600_000
/** No answer takes a day, so a day's logs are all past their time two days after it. */
const keepDays = 2
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

async function turnPartitions(db: Database, at: Date): Promise<void> {
  const today = dayOf(at)
  const before = Math.min(today - keepDays, await findOldestUnfinishedDay(db))
  await turnDayPartitions(db, { table: 'answer_events', today, before })
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
