import { describe, expect, it } from 'vitest'
import { aRunningAnswer } from '../../../test/support/answers.ts'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { dayOfId } from '../../ids.ts'
import type { ClaimedAnswer } from '../answer.ts'
import { insertEvents, type NewEvent, readEvents } from './answer-event-store.ts'

function rowsOf(answer: ClaimedAnswer, numbers: readonly number[], attempt = 1): NewEvent[] {
  return numbers.map((number) => ({
    project_id: answer.projectId,
    answer_id: answer.answerId,
    day: dayOfId(answer.answerId),
    number,
    attempt,
    event: JSON.stringify({ type: 'text-delta', text: `${number}` }),
  }))
}

describe.each(engines)('events on %s', (engine) => {
  it('are stored for the holder of the lease at its attempt only', async () => {
    await using db = await openTestDatabase(engine)
    const [held, foreign] = [await aRunningAnswer(db, 'here'), await aRunningAnswer(db, 'elsewhere')]
    const rows = [...rowsOf(held, [1, 2]), ...rowsOf(foreign, [1])]
    expect(await insertEvents(db, 'here', rows)).toEqual(new Set([held.answerId]))
    expect(await insertEvents(db, 'here', rowsOf(held, [3], 2))).toEqual(new Set())
    expect((await readEvents(db.query, held, { after: 0, limit: 9 })).map(({ number }) => number)).toEqual([1, 2])
    expect(await readEvents(db.query, foreign, { after: 0, limit: 9 })).toEqual([])
  })
})

describe('events on postgres whose commit went through although the connection broke', () => {
  it('are given again with the same numbers and stand once', async () => {
    await using db = await openTestDatabase('postgres')
    const answer = await aRunningAnswer(db, 'here')
    await insertEvents(db, 'here', rowsOf(answer, [1, 2]))
    expect(await insertEvents(db, 'here', rowsOf(answer, [1, 2]))).toEqual(new Set([answer.answerId]))
    expect(await insertEvents(db, 'here', rowsOf(answer, [2, 3]))).toEqual(new Set([answer.answerId]))
    const stored = await readEvents(db.query, answer, { after: 0, limit: 9 })
    expect(stored.map(({ event }) => event)).toEqual(rowsOf(answer, [1, 2, 3]).map(({ event }) => JSON.parse(event)))
  })
})
