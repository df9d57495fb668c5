import { type RawBuilder, sql } from 'kysely'
import {
  type Database,
  type Engine,
  inTransaction,
  now,
  type Queryable,
  retryRolledBack,
} from '../database/database.ts'
import { dayOfId } from '../ids.ts'
import { type AnswerRef, type ClaimedAnswer, FencedError } from './answer.ts'
import type { Citation } from './citations/citation.ts'
import type {
  AnswerDetails,
  AnswerEvent,
  AnswerFailure,
  AnswerUsage,
  EndStatus,
  NumberedEvent,
} from './log/answer-event.ts'
import { insertTrace, insertTraceIfEnded } from './traces/trace-store.ts'

export interface AnswerEnd {
  readonly status: EndStatus
  readonly content: string
  readonly model: string
  readonly usage: AnswerUsage | null
  readonly citations: readonly Citation[]
  readonly details: AnswerDetails | null
  readonly error: AnswerFailure | null
  /** How it was made, packed; null when nothing was. */
  readonly trace: Uint8Array | null
}

/**
 * The end and the final message at once and by compare-and-set: only for the holder of the lease, and `completed` never
 * over a cancellation. Returns the stored end event; throws `FencedError` when the answer is not ours. Safe to repeat
 * when it is not known whether it was stored: it then finds its own end.
 */
export async function finishAnswer(
  db: Database,
  answer: ClaimedAnswer,
  { node, number, end }: { node: string; number: number; end: AnswerEnd },
): Promise<NumberedEvent> {
  const isHeld = sql<boolean>`state = 'processing' and attempt = ${answer.attempt} and lease_owner = ${node}`
  const stored =
    (await storeEnd(db, answer, { number, end, condition: isHeld })) ?? (await findOwnEnd(db.query, answer, number))
  if (stored === undefined) throw new FencedError('the lease of this answer was lost')
  return stored
}

/** Ends an answer that no node has begun; `undefined` when one has, or when it is over. */
export function cancelQueuedAnswer(db: Database, answer: AnswerPlace): Promise<NumberedEvent | undefined> {
  const nothing = { content: '', model: '', usage: null, citations: [], details: null, error: null, trace: null }
  const condition = sql<boolean>`state = 'queued'`
  return storeEnd(db, answer, { number: 1, end: { ...nothing, status: 'cancelled' }, condition })
}

type AnswerPlace = AnswerRef & Pick<ClaimedAnswer, 'chatId' | 'messageId'>

interface NewEnd {
  readonly number: number
  readonly end: AnswerEnd
  /** What the answer's row must be like. */
  readonly condition: RawBuilder<boolean>
}

/** An end that was stored just after our last event at our attempt, by a call whose outcome nobody learned. */
async function findOwnEnd(
  db: Queryable,
  { projectId, answerId, attempt }: ClaimedAnswer,
  number: number,
): Promise<NumberedEvent | undefined> {
  const row = await db
    .selectFrom('answers as a')
    .innerJoin('answer_events as e', (join) =>
      join
        .onRef('e.project_id', '=', 'a.project_id')
        .onRef('e.answer_id', '=', 'a.id')
        .onRef('e.number', '=', 'a.last_number'),
    )
    .select('e.event')
    .where('a.project_id', '=', projectId)
    .where('a.id', '=', answerId)
    .where('a.attempt', '=', attempt)
    .where('a.last_number', '=', number)
    .where('a.state', 'in', ['completed', 'failed', 'cancelled'])
    .where('e.day', '=', dayOfId(answerId))
    .executeTakeFirst()
  // Written by storeEnd.
  return row === undefined ? undefined : { number, event: JSON.parse(row.event) as AnswerEvent }
}

function storeEnd(db: Database, answer: AnswerPlace, end: NewEnd): Promise<NumberedEvent | undefined> {
  return enders[db.engine](db, answer, end)
}

/** What is stored if the answer was not cancelled before, and if it was. */
function outcomesOf(end: AnswerEnd, completedAt: string) {
  const { usage, details } = end
  const asAsked: AnswerEvent = { type: 'answer-end', status: end.status, completedAt, usage, details, error: end.error }
  const cancelled: AnswerEvent = { type: 'answer-end', status: 'cancelled', completedAt, usage, details, error: null }
  return {
    asAsked: { status: end.status, error: toJson(end.error), event: asAsked },
    cancelled: { status: 'cancelled', error: null, event: cancelled },
  } as const
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

/** One statement, one round trip, one commit: what a cancellation that came first changes, the row itself decides. */
function endOnPostgres(
  db: Database,
  answer: AnswerPlace,
  { number, end, condition }: NewEnd,
): Promise<NumberedEvent | undefined> {
  const { projectId, chatId, messageId, answerId } = answer
  const completedAt = now()
  const { asAsked, cancelled } = outcomesOf(end, completedAt)
  const usage = toJson(end.usage)
  const statement = sql<{ is_cancelled: boolean }>`
    with ended as (
      update answers set state = case when cancel_requested_at is null then ${asAsked.status} else 'cancelled' end,
        error = case when cancel_requested_at is null then ${asAsked.error}::text end, usage = ${usage},
        lease_owner = null, lease_expires_at = null, last_number = ${number}, completed_at = ${completedAt}
      where project_id = ${projectId} and id = ${answerId} and ${condition}
      returning state, error, cancel_requested_at is not null as is_cancelled),
    event as (
      insert into answer_events (project_id, answer_id, day, number, attempt, event)
      select ${projectId}::text, ${answerId}::text, ${dayOfId(answerId)}::bigint, ${number}::bigint, 0,
        case when is_cancelled then ${JSON.stringify(cancelled.event)}::text else ${JSON.stringify(asAsked.event)}::text end
      from ended),
    message as (
      update messages m set status = ended.state, error = ended.error, content = ${end.content}, usage = ${usage},
        model = ${end.model === '' ? null : end.model}, citations = ${JSON.stringify(end.citations)},
        details = ${toJson(end.details)},
        completed_at = ${completedAt}
      from ended where m.project_id = ${projectId} and m.chat_id = ${chatId} and m.id = ${messageId}),
    traced as (
      ${insertTraceIfEnded(answer, end.trace)}),
    chat as (
      update chats c set updated_at = ${completedAt}
      from ended where c.project_id = ${projectId} and c.id = ${chatId})
    select is_cancelled from ended`
  return retryRolledBack(async () => {
    const row = (await statement.execute(db.query)).rows[0]
    return row === undefined ? undefined : { number, event: (row.is_cancelled ? cancelled : asAsked).event }
  })
}

/** SQLite has no insert inside a `with`; a transaction costs no round trip there. */
function endOnSqlite(
  db: Database,
  answer: AnswerPlace,
  { number, end, condition }: NewEnd,
): Promise<NumberedEvent | undefined> {
  return inTransaction(db, async (tx) => {
    const held = await tx
      .selectFrom('answers')
      .select('cancel_requested_at')
      .where('project_id', '=', answer.projectId)
      .where('id', '=', answer.answerId)
      .where(condition)
      .executeTakeFirst()
    if (held === undefined) return undefined
    const completedAt = now()
    const outcomes = outcomesOf(end, completedAt)
    const { status, error, event } = held.cancel_requested_at === null ? outcomes.asAsked : outcomes.cancelled
    const usage = toJson(end.usage)
    const shared = { usage, error, completed_at: completedAt }
    await tx
      .updateTable('answers')
      .set({ ...shared, state: status, lease_owner: null, lease_expires_at: null, last_number: number })
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
        ...shared,
        status,
        content: end.content,
        model: end.model === '' ? null : end.model,
        citations: JSON.stringify(end.citations),
        details: toJson(end.details),
      })
      .where('project_id', '=', answer.projectId)
      .where('chat_id', '=', answer.chatId)
      .where('id', '=', answer.messageId)
      .execute()
    await insertTrace(tx, answer, end.trace)
    await tx
      .updateTable('chats')
      .set({ updated_at: completedAt })
      .where('project_id', '=', answer.projectId)
      .where('id', '=', answer.chatId)
      .execute()
    return { number, event }
  })
}

const enders: Readonly<Record<Engine, typeof endOnPostgres>> = { sqlite: endOnSqlite, postgres: endOnPostgres }
