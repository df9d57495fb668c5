import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aRunningAnswer } from '../../../test/support/answers.ts'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { until } from '../../../test/support/start-test-app.ts'
import type { Database } from '../../database/database.ts'
import { createProcessWakeUp, type WakeUp } from '../../database/wake-up.ts'
import { createLogger } from '../../logger.ts'
import { type ClaimedAnswer, FencedError } from '../answer.ts'
import { finishAnswer } from '../answer-end-store.ts'
import { findLastNumber } from '../answer-store.ts'
import type { AnswerEvent, AnswerSnapshot, NumberedEvent, ReadEvent } from './answer-event.ts'
import { readEvents } from './answer-event-store.ts'
import { AnswerLog } from './answer-log.ts'
import { emptySnapshot, foldEvents } from './answer-snapshot.ts'

const logger = createLogger('silent')
/** Printed with the test's name; write it here to see the same again. */
const seed = Math.floor(Math.random() * 1e9)

/** A repeatable sequence of numbers in [0, 1). */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Between two nodes: notices come late, and some never. */
function lossyWakeUps(random: () => number): [WakeUp, WakeUp] {
  const sides: [WakeUp, WakeUp] = [createProcessWakeUp(), createProcessWakeUp()]
  const joined = ([own, other]: [WakeUp, WakeUp]): WakeUp => ({
    isConnected: false,
    listen: own.listen,
    notify(topic, id) {
      own.notify(topic, id)
      if (random() < 0.9) setTimeout(() => other.notify(topic, id), random() * 20)
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  })
  return [joined(sides), joined([sides[1], sides[0]])]
}

const allEvents = async (db: Database, answer: ClaimedAnswer) =>
  readEvents(db.query, answer, { after: 0, limit: 10_000 })

/** What a dead node leaves behind: the answer is somebody else's, at the next attempt. */
async function takeOver(db: Database, answer: ClaimedAnswer, node: string): Promise<ClaimedAnswer> {
  const { attempt } = await db.query
    .updateTable('answers')
    .set((eb) => ({ lease_owner: node, attempt: eb('attempt', '+', 1) }))
    .where('project_id', '=', answer.projectId)
    .where('id', '=', answer.answerId)
    .returning('attempt')
    .executeTakeFirstOrThrow()
  return { ...answer, attempt }
}

interface Node {
  readonly name: string
  readonly log: AnswerLog
}

function aText(random: () => number): AnswerEvent {
  const text = `${Math.floor(random() * 1e6)} `
  if (random() < 0.15) return { type: 'reasoning-delta', text }
  if (random() < 0.1) return { type: 'tool-call', id: text, name: 'search', input: { text } }
  return { type: 'text-delta', text }
}

/** Writes some events at one attempt, until done or fenced off; `after` comes when it is done and may be long after a take-over. */
async function writeAttempt(
  db: Database,
  answer: ClaimedAnswer,
  { name, log }: Node,
  count: number,
  random: () => number,
) {
  using writer = log.openWriter({ ...answer, lastNumber: await findLastNumber(db.query, answer) })
  try {
    if (answer.attempt > 1) await writer.append({ type: 'answer-restart', attempt: answer.attempt })
    await writer.append({ type: 'answer-start', attempt: answer.attempt, model: name })
    for (let written = 0; written < count; written++) {
      await writer.append(aText(random))
      if (random() < 0.3) await wait(random() * 12)
      if (random() < 0.1) await writer.flush()
    }
    await writer.flush()
    const end = {
      status: 'completed',
      content: '',
      model: name,
      usage: null,
      citations: [],
      details: null,
      error: null,
      trace: null,
    } as const
    writer.publishStored(await finishAnswer(db, answer, { node: name, number: writer.lastNumber + 1, end }))
  } catch (error) {
    if (!(error instanceof FencedError)) throw error
  }
}

/** Reads with pauses, leaves now and then and comes back on either node with the last number it saw. */
async function readWithCuts(
  answer: ClaimedAnswer,
  nodes: readonly Node[],
  random: () => number,
): Promise<NumberedEvent[]> {
  const seen: ReadEvent[] = []
  while (seen.at(-1)?.event.type !== 'answer-end') {
    const node = nodes[Math.floor(random() * nodes.length)]
    const controller = new AbortController()
    const patience = random() < 0.5 ? setTimeout(() => controller.abort(), random() * 60) : undefined
    for await (const events of node?.log.read(answer, seen.at(-1)?.number ?? 0, controller.signal) ?? []) {
      seen.push(...events)
      if (random() < 0.2) await wait(random() * 30)
      if (random() < 0.1) break
    }
    clearTimeout(patience)
  }
  expect(seen.map(({ event }) => event.type)).not.toContain('answer-snapshot')
  // As just seen.
  return seen as NumberedEvent[]
}

async function readToEnd(log: AnswerLog, answer: ClaimedAnswer, after: number): Promise<ReadEvent[]> {
  const seen: ReadEvent[] = []
  for await (const events of log.read(answer, after, AbortSignal.timeout(20_000))) seen.push(...events)
  return seen
}

describe.each(engines)('the answer log on %s', (engine) => {
  it('stores in a window what a live source says when that window closes', async () => {
    await using db = await openTestDatabase(engine)
    const name = 'node'
    await using log = new AnswerLog({ db, wakeUp: createProcessWakeUp(), node: name, logger })
    const answer = await aRunningAnswer(db, name)
    using writer = log.openWriter({ ...answer, lastNumber: 0 })
    await writer.append({ type: 'text-delta', text: 'first ' })
    await writer.flush()
    for (const text of ['one ', 'two ', 'three ']) {
      await log.windowEnd()
      await writer.append({ type: 'text-delta', text })
    }
    await until(
      () => allEvents(db, answer),
      (events) => events.length === 4,
    )
    const closing = log.windowEnd()
    await log[Symbol.asyncDispose]()
    await closing
  })

  it(`shows every reader the same events over take-overs between two nodes (seed ${seed})`, async () => {
    await using db = await openTestDatabase(engine)
    const random = randomFrom(seed)
    for (let round = 0; round < 4; round++) {
      const [first, second] = lossyWakeUps(random)
      await using logA = new AnswerLog({ db, wakeUp: first, node: 'a', logger })
      await using logB = new AnswerLog({ db, wakeUp: second, node: 'b', logger })
      const nodes: readonly [Node, Node] = [
        { name: 'a', log: logA },
        { name: 'b', log: logB },
      ]
      let answer = await aRunningAnswer(db, 'a')
      const readers = Array.from({ length: 12 }, async () => {
        await wait(random() * 300)
        return readWithCuts(answer, nodes, random)
      })
      const strangers = Array.from({ length: 3 }, async () => {
        await wait(random() * 300)
        return readToEnd(nodes[random() < 0.5 ? 0 : 1].log, answer, 1_000_000)
      })
      const attempts: Promise<void>[] = [writeAttempt(db, answer, nodes[0], 1_000, random)]
      const takeOvers = 1 + Math.floor(random() * 3)
      for (let count = 0; count < takeOvers; count++) {
        await wait(40 + random() * 120)
        // The same node may well be the one that takes its own answer over.
        const next = nodes[random() < 0.5 ? 0 : 1]
        answer = await takeOver(db, answer, next.name)
        attempts.push(writeAttempt(db, answer, next, count === takeOvers - 1 ? 60 : 1_000, random))
      }
      await Promise.all(attempts)
      const log = await allEvents(db, answer)
      expect(log.map(({ number }) => number)).toEqual(log.map((_, index) => index + 1))
      for (const seen of await Promise.all(readers)) expect(seen).toEqual(log)
      for (const seen of await Promise.all(strangers)) expectRestOf(log, seen)
      await requireOneAuthorAtATime(db, answer)
    }
  })

  it('has the rest for a number it gave out, wherever it was cut, and a snapshot for one it did not', async () => {
    await using db = await openTestDatabase(engine)
    await using log = new AnswerLog({ db, wakeUp: createProcessWakeUp(), node: 'a', logger })
    const answer = await aRunningAnswer(db, 'a')
    await writeAttempt(db, answer, { name: 'a', log }, 40, randomFrom(seed))
    const whole = await readToEnd(log, answer, 0)
    expect(whole).toEqual(await allEvents(db, answer))
    for (const { number } of whole) expect(await readToEnd(log, answer, number)).toEqual(whole.slice(number))
    const seen = await readToEnd(log, answer, whole.length + 1)
    expect(seen).toHaveLength(2)
    expectRestOf(await allEvents(db, answer), seen)
    expect(await log.isReadToEnd(answer, whole.length)).toBe(true)
    expect(await log.isReadToEnd(answer, whole.length - 1)).toBe(false)
  })

  it('tells a reader that comes back to a deleted answer of its end, after the last number it saw', async () => {
    await using db = await openTestDatabase(engine)
    await using log = new AnswerLog({ db, wakeUp: createProcessWakeUp(), node: 'one', logger })
    const answer = await aRunningAnswer(db, 'one')
    await db.query.deleteFrom('messages').where('id', '=', answer.messageId).execute()
    const seen = await readToEnd(log, answer, 7)
    expect(seen).toMatchObject([{ number: 8, event: { type: 'answer-end', status: 'cancelled' } }])
  })

  it('lets the older of two attempts on one node publish nothing any more', async () => {
    await using db = await openTestDatabase(engine)
    await using log = new AnswerLog({ db, wakeUp: createProcessWakeUp(), node: 'a', logger })
    const answer = await aRunningAnswer(db, 'a')
    using older = log.openWriter({ ...answer, lastNumber: 0 })
    await older.append({ type: 'text-delta', text: 'old' })
    await older.flush()
    const seen = readToEnd(log, answer, 0)
    const next = await takeOver(db, answer, 'a')
    using newer = log.openWriter({ ...next, lastNumber: 1 })
    // Both wait for the same window, and its one insert stores what is the newer one's.
    await Promise.all([
      older.append({ type: 'reasoning-delta', text: 'never stored' }).catch(() => undefined),
      newer.append({ type: 'answer-restart', attempt: 2 }),
    ])
    await until(
      () => allEvents(db, answer),
      (events) => events.length === 2,
    )
    const end = {
      status: 'completed',
      content: '',
      model: 'm',
      usage: null,
      citations: [],
      details: null,
      error: null,
      trace: null,
    } as const
    newer.publishStored(await finishAnswer(db, next, { node: 'a', number: 3, end }))
    expect(await seen).toEqual(await allEvents(db, answer))
    await expect(older.append({ type: 'text-delta', text: 'late' })).rejects.toThrow(FencedError)
  })

  it('never shows the stored message beside the log when an answer ends while its news are read', async () => {
    await using db = await openTestDatabase(engine)
    const wakeUp = createProcessWakeUp()
    await using writing = new AnswerLog({ db, wakeUp, node: 'a', logger })
    await using reading = new AnswerLog({ db, wakeUp, node: 'b', logger })
    for (let round = 0; round < 30; round++) {
      const answer = await aRunningAnswer(db, 'a')
      const seen = readToEnd(reading, answer, 0)
      await writeAttempt(db, answer, { name: 'a', log: writing }, 2, randomFrom(seed + round))
      expect(await seen).toEqual(await allEvents(db, answer))
    }
  })
})

/** A snapshot, if the log had begun, that is what its events amount to; then exactly what follows. */
function expectRestOf(log: readonly NumberedEvent[], seen: readonly ReadEvent[]): void {
  const [first] = seen
  if (first?.event.type !== 'answer-snapshot') {
    expect(seen).toEqual(log)
    return
  }
  const covered = log.slice(0, first.number).map(({ event }) => event)
  expect(first.event satisfies AnswerSnapshot).toEqual(foldEvents(emptySnapshot, covered))
  expect(seen.slice(1)).toEqual(log.slice(first.number))
}

async function requireOneAuthorAtATime(db: Database, { projectId, answerId }: ClaimedAnswer): Promise<void> {
  const rows = await db.query
    .selectFrom('answer_events')
    .select(['attempt', 'event'])
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .orderBy('number')
    .execute()
  const attempts = rows.map(({ attempt }) => attempt).filter((attempt) => attempt > 0)
  expect(attempts).toEqual(attempts.toSorted((a, b) => a - b))
}
