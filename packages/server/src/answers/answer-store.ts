import { type RawBuilder, sql } from 'kysely'
import { type Database, type Engine, now, type Queryable } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { asHeartbeat } from '../database/heartbeat.ts'
import type { MessageStatus } from '../database/schema.ts'
import { type AnswerId, type ChatId, dayOfId, type MessageId } from '../ids.ts'
import { type AnswerRef, leaseMs } from './answer.ts'

interface HeldLease {
  readonly isCancelRequested: boolean
  /** False while somebody else writes to the answer: it is still held, and wants to be renewed again soon. */
  readonly isRenewed: boolean
}

/**
 * Extends the leases of what runs here, in one statement: by name and attempt, so that an answer whose claim never came
 * back to this node runs out and is claimed again. Says which answers it still holds, and whether they are to stop.
 */
export async function renewLeases(
  db: Database,
  node: string,
  answers: readonly (AnswerRef & { attempt: number })[],
): Promise<ReadonlyMap<AnswerId, HeldLease>> {
  const named = answers.map(({ projectId, answerId, attempt }) => ({ project_id: projectId, id: answerId, attempt }))
  const renewal = renewals[db.engine](JSON.stringify(named), node, databaseTime(db, leaseMs))
  const { rows } = await asHeartbeat(() => renewal.execute(db.query))
  return new Map(
    rows.map((row) => [
      row.id,
      { isCancelRequested: row.cancel_requested_at !== null, isRenewed: Boolean(row.is_renewed) },
    ]),
  )
}

type Renewal = RawBuilder<{ id: AnswerId; cancel_requested_at: string | null; is_renewed: boolean | number }>

const renewals: Readonly<Record<Engine, (named: string, node: string, until: RawBuilder<string>) => Renewal>> = {
  sqlite: (named, node, until) => sql`
    update answers set lease_expires_at = ${until}
    where state = 'processing' and lease_owner = ${node} and (project_id, id, attempt) in (
      select value ->> 'project_id', value ->> 'id', value ->> 'attempt' from json_each(${named}))
    returning id, cancel_requested_at, 1 as is_renewed`,
  // A row that a transaction keeps locked, for however long, must not hold up the leases of all others.
  postgres: (named, node, until) => sql`
    with held as materialized (
      select a.project_id, a.id, a.cancel_requested_at from answers a
      join json_to_recordset(${named}::json) as n (project_id text, id text, attempt bigint)
        on a.project_id = n.project_id and a.id = n.id and a.attempt = n.attempt
      where a.lease_owner = ${node} and a.completed_at is null),
    free as (
      select project_id, id from answers
      where (project_id, id) in (select project_id, id from held) and lease_owner = ${node}
      for no key update skip locked),
    renewed as (
      update answers set lease_expires_at = ${until} where (project_id, id) in (select project_id, id from free)
      returning id)
    select id, cancel_requested_at, id in (select id from renewed) as is_renewed from held`,
}

/** Of what this node runs, which is to stop. Reads the small index of unfinished answers only. */
export async function listCancelRequests(db: Queryable, node: string): Promise<AnswerId[]> {
  const rows = await db
    .selectFrom('answers')
    .select('id')
    .where('state', '=', 'processing')
    .where('lease_owner', '=', node)
    .where('cancel_requested_at', 'is not', null)
    .execute()
  return rows.map((row) => row.id)
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
  db: Database,
  ref: AnswerRef & { attempt: number },
  { node, afterMs }: { node: string; afterMs: number },
): Promise<void> {
  await db.query
    .updateTable('answers')
    .set({ lease_owner: null, lease_expires_at: afterMs === 0 ? null : databaseTime(db, afterMs) })
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
  readonly cancelRequestedAt: string | null
}

export async function findAnswer(db: Queryable, { projectId, answerId }: AnswerRef): Promise<AnswerState | undefined> {
  const row = await db
    .selectFrom('answers')
    .select(['state', 'chat_id', 'message_id', 'attempt', 'last_number', 'cancel_requested_at'])
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
    cancelRequestedAt: row.cancel_requested_at,
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
