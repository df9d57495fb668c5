import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openTestDatabase } from '../../../test/support/databases.ts'
import type { Database } from '../../database/database.ts'
import { dayOf, newId } from '../../ids.ts'
import { pruneEvents } from './prune-events-store.ts'

async function listPartitions(db: Database): Promise<number[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relname ~ '^answer_events_d[0-9]+$' order by relname`.execute(db.query)
  return rows.map(({ name }) => Number(name.replace('answer_events_d', '')))
}

describe('answer logs on postgres', () => {
  const now = new Date()
  const later = (days: number) => new Date(now.getTime() + days * 86_400_000)

  it('have a partition for each coming day before it comes, whichever node makes it', async () => {
    await using db = await openTestDatabase('postgres')
    await Promise.all([pruneEvents(db, now), pruneEvents(db, now)])
    await pruneEvents(db, now)
    const today = dayOf(now)
    expect(await listPartitions(db)).toEqual([today, today + 1, today + 2, today + 3])
    await pruneEvents(db, later(1))
    expect(await listPartitions(db)).toContain(today + 4)
  })

  it('go with their partition when it is two days old', async () => {
    await using db = await openTestDatabase('postgres')
    const today = dayOf(now)
    await pruneEvents(db, now)
    await pruneEvents(db, later(2))
    expect(await listPartitions(db)).toContain(today)
    await pruneEvents(db, later(3))
    expect(await listPartitions(db)).not.toContain(today)
  })

  it('stay while an answer of that day is unfinished', async () => {
    await using db = await openTestDatabase('postgres')
    await pruneEvents(db, now)
    // The smallest rows that an unfinished answer stands on; its foreign keys are not what is tested.
    await db.query.connection().execute(async (connection) => {
      await sql`set session_replication_role = replica`.execute(connection)
      await connection
        .insertInto('answers')
        .values({
          project_id: newId(),
          id: newId(),
          chat_id: newId(),
          question_id: newId(),
          message_id: newId(),
          owner_id: newId(),
          position: 2,
          state: 'queued',
          parameters: '{}',
          attempt: 0,
          last_number: 0,
          created_at: now.toISOString(),
        })
        .execute()
    })
    await pruneEvents(db, later(10))
    expect(await listPartitions(db)).toContain(dayOf(now))
  })
})
