import { describe, expect, it } from 'vitest'
import { aRunningAnswer } from '../../test/support/answers.ts'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import type { Database } from '../database/database.ts'
import { type ClaimedAnswer, FencedError } from './answer.ts'
import { type AnswerEnd, cancelQueuedAnswer, finishAnswer } from './answer-end-store.ts'
import { requestCancel } from './answer-store.ts'
import { readEvents } from './log/answer-event-store.ts'
import { findTrace } from './traces/trace-store.ts'

const completed: AnswerEnd = {
  status: 'completed',
  content: 'Whole \u2028 "text".',
  model: 'm',
  usage: { input_tokens: 1, output_tokens: 2 },
  citations: [],
  details: null,
  error: null,
  trace: null,
}
const failed: AnswerEnd = { ...completed, status: 'failed', error: { code: 'model_timeout', message: 'too late' } }

async function readRows(db: Database, { projectId, answerId, messageId, chatId }: ClaimedAnswer) {
  const answer = await db.query
    .selectFrom('answers')
    .select(['state', 'lease_owner', 'lease_expires_at', 'last_number', 'usage', 'error', 'completed_at'])
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .executeTakeFirstOrThrow()
  const message = await db.query
    .selectFrom('messages')
    .select(['status', 'content', 'model', 'usage', 'citations', 'error', 'completed_at'])
    .where('project_id', '=', projectId)
    .where('id', '=', messageId)
    .executeTakeFirstOrThrow()
  const chat = await db.query
    .selectFrom('chats')
    .select('updated_at')
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .executeTakeFirstOrThrow()
  return { answer, message, chat }
}

describe.each(engines)('the end of an answer on %s', (engine) => {
  const here = { node: 'here', number: 7 }

  it('keeps how the answer was made with the end, once, and not without it', async () => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    const end = { ...completed, trace: Uint8Array.from([1, 2, 3]) }
    await expect(finishAnswer(db, running, { ...here, node: 'elsewhere', end })).rejects.toThrow(FencedError)
    expect(await findTrace(db.query, running)).toBeUndefined()
    await finishAnswer(db, running, { ...here, end })
    await finishAnswer(db, running, { ...here, end })
    expect([...((await findTrace(db.query, running)) ?? [])]).toEqual([1, 2, 3])
    await db.query.deleteFrom('messages').where('id', '=', running.messageId).execute()
    expect(await findTrace(db.query, running)).toBeUndefined()
  })

  it.each([completed, failed])('is stored with the message, the usage and the chat at once: $status', async (end) => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    const { number, event } = await finishAnswer(db, running, { ...here, end })
    expect({ number, event }).toMatchObject({ number: 7, event: { type: 'answer-end', status: end.status } })
    expect(await readEvents(db.query, running, { after: 0, limit: 9 })).toEqual([{ number, event }])
    const { answer, message, chat } = await readRows(db, running)
    const completedAt = event.type === 'answer-end' ? event.completedAt : ''
    const shared = {
      usage: JSON.stringify(end.usage),
      error: end.error === null ? null : JSON.stringify(end.error),
      completed_at: completedAt,
    }
    expect(answer).toEqual({ ...shared, state: end.status, lease_owner: null, lease_expires_at: null, last_number: 7 })
    expect(message).toEqual({ ...shared, status: end.status, content: end.content, model: 'm', citations: '[]' })
    expect(chat.updated_at).toBe(completedAt)
  })

  it('is found again by whoever did not learn that it was stored', async () => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    const first = await finishAnswer(db, running, { ...here, end: completed })
    expect(await finishAnswer(db, running, { ...here, end: { ...failed, content: 'other' } })).toEqual(first)
    expect((await readRows(db, running)).message).toMatchObject({ status: 'completed', content: completed.content })
  })

  it('is refused to another node, another attempt and another number', async () => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    const refused = [
      finishAnswer(db, running, { ...here, node: 'there', end: completed }),
      finishAnswer(db, { ...running, attempt: 2 }, { ...here, end: completed }),
    ]
    for (const attempt of refused) await expect(attempt).rejects.toThrow(FencedError)
    expect((await readRows(db, running)).answer.state).toBe('processing')
    await finishAnswer(db, running, { ...here, end: completed })
    const late = finishAnswer(db, running, { node: 'here', number: 9, end: completed })
    await expect(late).rejects.toThrow(FencedError)
  })

  it.each([completed, failed])('is `cancelled` when a cancellation came first, over $status', async (end) => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    expect(await requestCancel(db.query, running)).toBe(true)
    const { event } = await finishAnswer(db, running, { ...here, end })
    expect(event).toMatchObject({ status: 'cancelled', usage: end.usage, details: null, error: null })
    expect((await readEvents(db.query, running, { after: 0, limit: 9 }))[0]?.event).toEqual(event)
    const { answer, message } = await readRows(db, running)
    expect(answer).toMatchObject({ state: 'cancelled', error: null })
    expect(message).toMatchObject({ status: 'cancelled', error: null, content: end.content })
  })

  it('of one that nobody has begun is `cancelled`, once, and never of one that runs', async () => {
    await using db = await openTestDatabase(engine)
    const running = await aRunningAnswer(db, 'here')
    expect(await cancelQueuedAnswer(db, running)).toBeUndefined()
    await db.query.updateTable('answers').set({ state: 'queued', lease_owner: null }).execute()
    expect(await cancelQueuedAnswer(db, running)).toMatchObject({ number: 1, event: { status: 'cancelled' } })
    expect(await cancelQueuedAnswer(db, running)).toBeUndefined()
    expect((await readRows(db, running)).message).toMatchObject({ status: 'cancelled', content: '', model: null })
  })
})
