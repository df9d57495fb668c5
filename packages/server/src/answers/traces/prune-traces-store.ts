import { sql } from 'kysely'
import type { Database, Engine } from '../../database/database.ts'
import { dayOf } from '../../ids.ts'
import { turnDayPartitions } from '../log/day-partitions-store.ts'

/** How an answer was made can be asked for this many days. */
export const keepTraceDays = 14
/** Rows looked at per call on SQLite, so that no call holds the database long. */
const maxRows = 200
const dayMs = 86_400_000

/** Removes the traces past their time. Any node may call it at any time. */
export function pruneTraces(db: Database, at: Date): Promise<void> {
  return pruners[db.engine](db, at)
}

const pruners: Readonly<Record<Engine, (db: Database, at: Date) => Promise<void>>> = {
  sqlite: deleteOldTraces,
  postgres: (db, at) => {
    const today = dayOf(at)
    return turnDayPartitions(db, { table: 'answer_traces', today, before: today - keepTraceDays })
  },
}

/** Rows are in the order in which they were written: the old ones are the first. */
async function deleteOldTraces({ query: db }: Database, at: Date): Promise<void> {
  const before = new Date(at.getTime() - keepTraceDays * dayMs).toISOString()
  const first = await db
    .selectFrom('answer_traces')
    .select(['project_id', 'answer_id', 'created_at'])
    .orderBy(sql`rowid`)
    .limit(maxRows)
    .execute()
  for (const { project_id, answer_id, created_at } of first) {
    if (created_at >= before) return
    await db
      .deleteFrom('answer_traces')
      .where('project_id', '=', project_id)
      .where('answer_id', '=', answer_id)
      .execute()
  }
}
