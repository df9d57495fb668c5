import { describe, expect, it } from 'vitest'
import { aRunningAnswer } from '../../../test/support/answers.ts'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { finishAnswer } from '../answer-end-store.ts'
import { keepTraceDays, pruneTraces } from './prune-traces-store.ts'
import { findTrace } from './trace-store.ts'

describe.each(engines)('traces on %s', (engine) => {
  it('are kept for their time and then removed, while the answer stays', async () => {
    await using db = await openTestDatabase(engine)
    const now = new Date()
    const later = (days: number) => new Date(now.getTime() + days * 86_400_000)
    await pruneTraces(db, now)
    const running = await aRunningAnswer(db, 'here')
    const end = { status: 'completed', content: 'x', model: 'm', usage: null, citations: [], details: null } as const
    const trace = Uint8Array.from([1, 2, 3])
    await finishAnswer(db, running, { node: 'here', number: 1, end: { ...end, error: null, trace } })
    await pruneTraces(db, later(keepTraceDays))
    expect([...((await findTrace(db.query, running)) ?? [])]).toEqual([1, 2, 3])
    await pruneTraces(db, later(keepTraceDays + 2))
    expect(await findTrace(db.query, running)).toBeUndefined()
    expect(await db.query.selectFrom('answers').select('id').execute()).toHaveLength(1)
  })
})
