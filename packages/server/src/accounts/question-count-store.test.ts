import { afterEach, describe, expect, it, vi } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { countQuestion, listQuestionCounts, secondsUntilNextDay, uncountQuestion } from './question-count-store.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe.each(engines)('the daily limit of questions on %s', (engine) => {
  it('lets exactly N of 32 concurrent ones pass', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const passed = await Promise.all(Array.from({ length: 32 }, () => countQuestion(db.query, ada.userId, 20)))
    expect(passed.filter(Boolean)).toHaveLength(20)
    expect(await listQuestionCounts(db.query, ada.userId, 7)).toEqual([{ day: expect.any(String), questions: 20 }])
  })

  it('gives a count back when the question could not be accepted after all', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    for (const { userId } of [ada, grace]) await countQuestion(db.query, userId, 1)
    await uncountQuestion(db.query, ada.userId)
    await uncountQuestion(db.query, ada.userId)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(true)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(false)
    expect(await countQuestion(db.query, grace.userId, 1)).toBe(false)
  })

  it('does not count a question whose transaction fails', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const failing = db.query.transaction().execute(async (tx) => {
      await countQuestion(tx, ada.userId, 1)
      throw new Error('not accepted')
    })
    await expect(failing).rejects.toThrow('not accepted')
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(true)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(false)
  })

  it('counts users apart and starts over with the UTC day', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T23:59:59.900Z') })
    expect(secondsUntilNextDay()).toBe(1)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(true)
    expect(await countQuestion(db.query, grace.userId, 1)).toBe(true)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(false)
    vi.setSystemTime(new Date('2026-11-23T00:00:00.000Z'))
    expect(secondsUntilNextDay()).toBe(86_400)
    expect(await countQuestion(db.query, ada.userId, 1)).toBe(true)
    expect(await listQuestionCounts(db.query, ada.userId, 7)).toEqual([
      { day: '2026-11-23', questions: 1 },
      { day: '2026-11-22', questions: 1 },
    ])
  })
})
