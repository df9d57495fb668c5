import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { dayOfId } from '../ids.ts'
import { type AnswerRef, type ClaimedAnswer, FencedError, isFinished } from './answer.ts'
import type { AnswerEvent, AnswerFailure, AnswerUsage, EndStatus, NumberedEvent } from './answer-event.ts'
import type { Citation } from './citation.ts'

export interface AnswerEnd {
  readonly status: EndStatus
  readonly content: string
  readonly model: string
  readonly usage: AnswerUsage | null
  readonly citations: readonly Citation[]
  readonly error: AnswerFailure | null
}

/**
 * The end and the final message, in one transaction and by compare-and-set: only for the holder of the lease, and
 * `completed` never over a cancellation. Returns the stored end event; throws `FencedError` when the answer is not ours.
 */
export function finishAnswer(
  db: Database,
  answer: ClaimedAnswer,
  { node, number, end }: { node: string; number: number; end: AnswerEnd },
): Promise<NumberedEvent> {
  return inTransaction(db, async (tx) => {
    const held = await tx
      .selectFrom('answers')
      .select('cancel_requested_at')
      .where('project_id', '=', answer.projectId)
      .where('id', '=', answer.answerId)
      .where('state', '=', 'processing')
      .where('attempt', '=', answer.attempt)
      .where('lease_owner', '=', node)
      .$if(db.engine === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst()
    if (held === undefined) throw new FencedError('the lease of this answer was lost')
    const status = held.cancel_requested_at === null ? end.status : 'cancelled'
    return storeEnd(tx, answer, number, { ...end, status, error: status === 'cancelled' ? null : end.error })
  })
}

/** Ends an answer that no node has begun; `undefined` when one has, or when it is over. */
export function cancelQueuedAnswer(
  db: Database,
  answer: AnswerRef & Pick<ClaimedAnswer, 'chatId' | 'messageId'>,
): Promise<NumberedEvent | undefined> {
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('answers')
      .set({ cancel_requested_at: now() })
      .where('project_id', '=', answer.projectId)
      .where('id', '=', answer.answerId)
      .where('state', '=', 'queued')
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return undefined
    const nothing = { content: '', model: '', usage: null, citations: [], error: null }
    return storeEnd(tx, answer, 1, { ...nothing, status: 'cancelled' })
  })
}

async function storeEnd(
  tx: Tx,
  answer: AnswerRef & Pick<ClaimedAnswer, 'chatId' | 'messageId'>,
  number: number,
  end: AnswerEnd,
): Promise<NumberedEvent> {
  const completedAt = now()
  const usage = end.usage === null ? null : JSON.stringify(end.usage)
  const error = end.error === null ? null : JSON.stringify(end.error)
  const event: AnswerEvent = { type: 'answer-end', status: end.status, completedAt, usage: end.usage, error: end.error }
  await tx
    .updateTable('answers')
    .set({
      state: end.status,
      lease_owner: null,
      lease_expires_at: null,
      last_number: number,
      usage,
      error,
      completed_at: completedAt,
    })
    .where('project_id', '=', answer.projectId)
    .where('id', '=', answer.answerId)
    .execute()
  await tx
    .insertInto('answer_events')
    .values({
      project_id: answer.projectId,
      answer_id: answer.answerId,
      day: dayOfId(answer.answerId),
      number,
      attempt: 0,
      event: JSON.stringify(event),
    })
    .execute()
  await tx
    .updateTable('messages')
    .set({
      status: end.status,
      content: end.content,
      model: end.model === '' ? null : end.model,
      usage,
      error,
      citations: JSON.stringify(end.citations),
      completed_at: completedAt,
    })
    .where('project_id', '=', answer.projectId)
    .where('chat_id', '=', answer.chatId)
    .where('id', '=', answer.messageId)
    .execute()
  await tx
    .updateTable('chats')
    .set({ updated_at: completedAt })
    .where('project_id', '=', answer.projectId)
    .where('id', '=', answer.chatId)
    .execute()
  return { number, event }
}

/**
 * What a reader at `position` still gets of an answer whose log says nothing after it: the stored message when the log
 * was pruned, an end when the answer was deleted. `undefined` while it is being made.
 */
export async function readEndingWithoutLog(
  db: Queryable,
  ref: AnswerRef,
  position: number,
): Promise<readonly NumberedEvent[] | undefined> {
  const row = await db
    .selectFrom('answers as a')
    .innerJoin('messages as m', (join) =>
      join
        .onRef('m.project_id', '=', 'a.project_id')
        .onRef('m.chat_id', '=', 'a.chat_id')
        .onRef('m.id', '=', 'a.message_id'),
    )
    .select(['a.state', 'a.attempt', 'a.completed_at', 'a.usage', 'a.error', 'm.content', 'm.citations', 'm.model'])
    .where('a.project_id', '=', ref.projectId)
    .where('a.id', '=', ref.answerId)
    .executeTakeFirst()
  if (row === undefined) {
    const completedAt = now()
    return [
      {
        number: position + 1,
        event: { type: 'answer-end', status: 'cancelled', completedAt, usage: null, error: null },
      },
    ]
  }
  if (!isFinished(row.state)) return undefined
  // All three written by storeEnd.
  const parse = <T>(json: string | null, absent: T): T => (json === null ? absent : (JSON.parse(json) as T))
  const events: AnswerEvent[] = [
    { type: 'answer-start', attempt: row.attempt, model: row.model ?? '' },
    { type: 'text-delta', text: row.content },
    ...parse<Citation[]>(row.citations, []).map((citation) => ({ type: 'citation' as const, citation })),
    {
      type: 'answer-end',
      // Finished, as just seen.
      status: row.state as EndStatus,
      completedAt: row.completed_at ?? now(),
      usage: parse<AnswerUsage | null>(row.usage, null),
      error: parse<AnswerFailure | null>(row.error, null),
    },
  ]
  return events.map((event, index) => ({ number: position + 1 + index, event }))
}
