import { sql } from 'kysely'
import { type Database, inTransaction, now, type Queryable, type Tx, timeFromNow } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import type { MessageStatus } from '../database/schema.ts'
import type { AnswerId, ChatId, MessageId, ProjectId } from '../ids.ts'
import {
  type AnswerParameters,
  type AnswerRef,
  type ClaimedAnswer,
  FencedError,
  isFinished,
  leaseMs,
} from './answer.ts'
import type { AnswerEvent, AnswerFailure, AnswerUsage, EndStatus, NumberedEvent } from './answer-event.ts'
import type { Citation } from './citation.ts'

/** A caller's own provider key lives on one node only; others may take the answer when that node has had its time. */
const pinnedForMs = 30_000

/**
 * Takes up to `limit` answers that wait or whose lease ran out, never two of one chat and never out of order. Reads the
 * small index of unfinished answers only.
 */
export function claimAnswers(db: Database, { node, limit }: { node: string; limit: number }): Promise<ClaimedAnswer[]> {
  return inTransaction(db, async (tx) => {
    const time = now()
    const { rows } = await sql<ClaimRow>`
      update answers set state = 'processing', attempt = attempt + 1, lease_owner = ${node},
        lease_expires_at = ${timeFromNow(leaseMs)}, started_at = coalesce(started_at, ${time})
      where (project_id, id) in (
        select a.project_id, a.id from answers a
        where a.state in ('queued', 'processing') and (a.lease_expires_at is null or a.lease_expires_at < ${time})
          and (a.pinned_node is null or a.pinned_node = ${node} or a.created_at < ${timeFromNow(-pinnedForMs)})
          and not exists (
            select 1 from answers b where b.project_id = a.project_id and b.chat_id = a.chat_id
              and b.state in ('queued', 'processing') and b.position < a.position)
        order by a.created_at limit ${limit} ${rowLock(db.engine).skipLocked})
      returning project_id, id, chat_id, question_id, message_id, owner_id, model, parameters, attempt, cancel_requested_at, pinned_node`.execute(
      tx,
    )
    for (const row of rows) {
      await tx
        .updateTable('messages')
        .set({ status: 'processing' })
        .where('project_id', '=', row.project_id)
        .where('chat_id', '=', row.chat_id)
        .where('id', '=', row.message_id)
        .execute()
    }
    return rows.map(toClaimedAnswer)
  })
}

interface ClaimRow {
  project_id: ProjectId
  id: AnswerId
  chat_id: ChatId
  question_id: MessageId
  message_id: MessageId
  owner_id: ClaimedAnswer['ownerId']
  model: string | null
  parameters: string
  attempt: number
  cancel_requested_at: string | null
  pinned_node: string | null
}

function toClaimedAnswer(row: ClaimRow): ClaimedAnswer {
  return {
    projectId: row.project_id,
    answerId: row.id,
    chatId: row.chat_id,
    questionId: row.question_id,
    messageId: row.message_id,
    ownerId: row.owner_id,
    model: row.model,
    // Written by send-message from AnswerParameters.
    parameters: JSON.parse(row.parameters) as AnswerParameters,
    attempt: row.attempt,
    isCancelRequested: row.cancel_requested_at !== null,
    needsCallerKey: row.pinned_node !== null,
  }
}

/** Extends the lease of everything this node runs: one statement. Says which answers it still holds, and whether they are to stop. */
export async function renewLeases(
  db: Queryable,
  node: string,
): Promise<ReadonlyMap<AnswerId, { isCancelRequested: boolean }>> {
  const rows = await db
    .updateTable('answers')
    .set({ lease_expires_at: timeFromNow(leaseMs) })
    .where('state', '=', 'processing')
    .where('lease_owner', '=', node)
    .returning(['id', 'cancel_requested_at'])
    .execute()
  return new Map(rows.map((row) => [row.id, { isCancelRequested: row.cancel_requested_at !== null }]))
}

/** For the one process that owns the database: whoever held a lease before it is dead, so nobody need wait for it. */
export async function releaseAllAnswers(db: Queryable): Promise<void> {
  await db
    .updateTable('answers')
    .set({ lease_owner: null, lease_expires_at: null })
    .where('state', '=', 'processing')
    .execute()
}

/** Gives a running answer back, for another node or the next start to run again. */
export async function releaseAnswer(db: Queryable, ref: AnswerRef & { attempt: number }, node: string): Promise<void> {
  await db
    .updateTable('answers')
    .set({ lease_owner: null, lease_expires_at: null })
    .where('project_id', '=', ref.projectId)
    .where('id', '=', ref.answerId)
    .where('state', '=', 'processing')
    .where('attempt', '=', ref.attempt)
    .where('lease_owner', '=', node)
    .execute()
}

/** Newest number in the log. Correct only for the holder of the lease: see insertEvents. */
export async function findLastNumber(db: Queryable, { projectId, answerId }: AnswerRef): Promise<number> {
  const row = await db
    .selectFrom('answer_events')
    .select((eb) => eb.fn.max('number').as('last'))
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .executeTakeFirst()
  return row?.last ?? 0
}

/** Keeps the text of an attempt that died, for whoever was shown it. Idempotent. */
export async function keepAttempt(
  db: Queryable,
  { projectId, answerId }: AnswerRef,
  { attempt, content, reason }: { attempt: number; content: string; reason: string },
): Promise<void> {
  await db
    .insertInto('answer_attempts')
    .values({ project_id: projectId, answer_id: answerId, attempt, content, reason, ended_at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function listAttempts(db: Queryable, { projectId, answerId }: AnswerRef) {
  return db
    .selectFrom('answer_attempts')
    .select(['attempt', 'content', 'reason', 'ended_at'])
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .orderBy('attempt')
    .execute()
}

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

export interface AnswerState {
  readonly state: MessageStatus
  readonly chatId: ChatId
  readonly messageId: MessageId
  readonly attempt: number
  readonly lastNumber: number
  readonly isLogPruned: boolean
}

export async function findAnswer(db: Queryable, { projectId, answerId }: AnswerRef): Promise<AnswerState | undefined> {
  const row = await db
    .selectFrom('answers')
    .select(['state', 'chat_id', 'message_id', 'attempt', 'last_number', 'log_pruned_at'])
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    state: row.state,
    chatId: row.chat_id,
    messageId: row.message_id,
    attempt: row.attempt,
    lastNumber: row.last_number,
    isLogPruned: row.log_pruned_at !== null,
  }
}

/** Asks whoever runs the answer to stop. Idempotent; says whether there was anything left to stop. */
export async function requestCancel(db: Queryable, { projectId, answerId }: AnswerRef): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('answers')
    .set({ cancel_requested_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .where('state', 'in', ['queued', 'processing'])
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
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
