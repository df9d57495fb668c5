import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { aProject } from '../../test/support/projects.ts'
import { until } from '../../test/support/start-test-app.ts'
import { storeWaitingAnswers } from '../../test/support/waiting-answers.ts'
import { type Database, timeFromNow } from '../database/database.ts'
import { createProcessWakeUp } from '../database/wake-up.ts'
import { type AnswerId, type ChatId, type MessageId, newId } from '../ids.ts'
import { createLogger } from '../logger.ts'
import { type ClaimedAnswer, leaseMs } from './answer.ts'
import { AnswerWorker } from './answer-worker.ts'

it('an answer that cannot even be ended is tried again slowly, never in a spin', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId, owner } = await aProject(db)
  const chatId = newId<ChatId>()
  const messageId = newId<MessageId>()
  const answerId = newId<AnswerId>()
  const time = new Date().toISOString()
  const shared = { project_id: projectId, created_at: time }
  await db.query
    .insertInto('chats')
    .values({
      ...shared,
      id: chatId,
      owner_id: owner.userId,
      owner: 'u',
      name: 'c',
      message_count: 1,
      last_position: 1,
      updated_at: time,
    })
    .execute()
  await db.query
    .insertInto('messages')
    .values({
      ...shared,
      chat_id: chatId,
      id: messageId,
      position: 1,
      role: 'assistant',
      content: '',
      status: 'queued',
      metadata: '{}',
    })
    .execute()
  await db.query
    .insertInto('answers')
    .values({
      ...shared,
      id: answerId,
      chat_id: chatId,
      question_id: messageId,
      message_id: messageId,
      position: 1,
      owner_id: owner.userId,
      state: 'queued',
      parameters: '{}',
      attempt: 0,
      last_number: 0,
    })
    .execute()
  let runs = 0
  await using wakeUp = createProcessWakeUp()
  const run = async () => {
    runs += 1
    throw new Error('the end could not be stored')
  }
  {
    await using _worker = new AnswerWorker({
      db,
      wakeUp,
      node: 'n',
      logger: createLogger('silent'),
      concurrency: 4,
      ownerConcurrency: 4,
      run,
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (let round = 0; round < 20; round++) wakeUp.notify('answer-queued', answerId)
  }
  expect(runs).toBe(1)
  const row = await db.query
    .selectFrom('answers')
    .select(['state', 'lease_owner', 'lease_expires_at'])
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .executeTakeFirstOrThrow()
  expect(row).toMatchObject({ state: 'processing', lease_owner: null })
  expect((row.lease_expires_at ?? '') > time).toBe(true)
})

it('an answer that this node lost to itself is stopped before it is run again', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId, owner } = await aProject(db)
  await storeWaitingAnswers(db, { projectId, ownerId: owner.userId, chats: 1 })
  await using wakeUp = createProcessWakeUp()
  const steps: string[] = []
  const run = async ({ attempt }: ClaimedAnswer, signal: AbortSignal) => {
    steps.push(`begin ${attempt}`)
    await once(signal, 'abort')
    // What the generator needs to let go of the model.
    await new Promise((resolve) => setTimeout(resolve, 50))
    steps.push(`end ${attempt} ${signal.reason}`)
  }
  {
    await using worker = new AnswerWorker({
      db,
      wakeUp,
      node: 'n',
      logger: createLogger('silent'),
      concurrency: 4,
      ownerConcurrency: 4,
      run,
    })
    const hasBegun = (attempt: number) =>
      until(
        async () => steps,
        (now) => now.includes(`begin ${attempt}`),
      )
    await hasBegun(1)
    await db.query
      .updateTable('answers')
      .set({ lease_expires_at: timeFromNow(-1) })
      .execute()
    wakeUp.notify('answer-queued', '')
    await hasBegun(2)
    expect(worker.runningCount).toBe(1)
  }
  expect(steps).toEqual(['begin 1', 'end 1 fenced', 'begin 2', 'end 2 shutdown'])
})

it('a database that never replies does not stop later claims', async () => {
  await using db = await openTestDatabase('postgres')
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  let asked = 0
  const silent: Database = {
    ...db,
    query: db.query.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        asked += 1
        await isOver
        return result
      },
    }),
  }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  try {
    await using wakeUp = createProcessWakeUp()
    const dependencies = { wakeUp, node: 'n', logger: createLogger('silent'), concurrency: 1, ownerConcurrency: 1 }
    const worker = new AnswerWorker({ ...dependencies, db: silent, run: async () => undefined })
    await vi.waitFor(() => expect(asked).toBe(1))
    await vi.advanceTimersByTimeAsync(leaseMs / 2)
    expect(asked).toBe(1)
    await vi.advanceTimersByTimeAsync(leaseMs)
    await vi.waitFor(() => expect(asked).toBe(2))
    const closing = worker[Symbol.asyncDispose]()
    await vi.advanceTimersByTimeAsync(leaseMs)
    await closing
  } finally {
    vi.useRealTimers()
    end()
  }
})
