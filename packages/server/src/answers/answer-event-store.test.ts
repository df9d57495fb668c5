import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { newId } from '../ids.ts'
import { insertEvents, type NewEvent } from './answer-event-store.ts'

it('leaves every other commit of SQLite synced, though events are stored without waiting for the disk', async () => {
  await using db = await openTestDatabase('sqlite')
  const event: NewEvent = { project_id: newId(), answer_id: newId(), day: 1, number: 1, attempt: 1, event: '{}' }
  // Nobody holds that answer, so nothing is written; the connection is used all the same.
  expect(await insertEvents(db, 'node', [event, event])).toEqual(new Set())
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db.query)
  const full = 2
  expect(rows).toEqual([{ synchronous: full }])
})
