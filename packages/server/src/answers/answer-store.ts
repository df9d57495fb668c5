import { sql } from 'kysely'
import { type Database, now, type Queryable, timeFromNow } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import type { MessageStatus } from '../database/schema.ts'
import { inUnsyncedTransaction } from '../database/unsynced.ts'
import { type AnswerId, type ChatId, dayOfId, type MessageId, type ProjectId } from '../ids.ts'
import { type AnswerParameters, type AnswerRef, type ClaimedAnswer, leaseMs } from './answer.ts'

/** A caller's own provider key lives on one node only; others may take the answer when that node has had its time. */
const pinnedForMs = 30_000

/**
 * Takes up to `limit` answers that wait or whose lease ran out, never two of one chat and never out of order. Reads the
 * small index of unfinished answers only.
 */
export function claimAnswers(db: Database, { node, limit }: { node: string; limit: number }): Promise<ClaimedAnswer[]> {
  return inUnsyncedTransaction(db, async (tx) => {
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
    if (rows.length > 0) {
      await tx
        .updateTable('messages')
        .set({ status: 'processing' })
        .where((eb) =>
          eb(
            eb.refTuple('project_id', 'chat_id', 'id'),
            'in',
            rows.map((row) => eb.tuple(row.project_id, row.chat_id, row.message_id)),
          ),
        )
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

/** Gives a running answer back, for another node or the next start to run again; not before `afterMs`. */
export async function releaseAnswer(
  db: Queryable,
  ref: AnswerRef & { attempt: number },
  { node, afterMs }: { node: string; afterMs: number },
): Promise<void> {
  await db
    .updateTable('answers')
    .set({ lease_owner: null, lease_expires_at: afterMs === 0 ? null : timeFromNow(afterMs) })
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
    .where('day', '=', dayOfId(answerId))
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

export interface AnswerState {
  readonly state: MessageStatus
  readonly chatId: ChatId
  readonly messageId: MessageId
  readonly attempt: number
  readonly lastNumber: number
}

export async function findAnswer(db: Queryable, { projectId, answerId }: AnswerRef): Promise<AnswerState | undefined> {
  const row = await db
    .selectFrom('answers')
    .select(['state', 'chat_id', 'message_id', 'attempt', 'last_number'])
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
