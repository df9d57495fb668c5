import { type RawBuilder, sql } from 'kysely'
import type { Database, Engine, Tx } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import { asHeartbeat } from '../../database/heartbeat.ts'
import { inUnsyncedTransaction } from '../../database/unsynced.ts'
import type { AnswerId, ChatId, MessageId, ProjectId, UserId } from '../../ids.ts'
import { type AnswerParameters, type ClaimedAnswer, leaseMs } from '../answer.ts'

/** A caller's own provider key lives on one node only; others may take the answer when that node has had its time. */
const pinnedForMs = 30_000
/** Held while a claim is made, so that two nodes never count an owner's running answers at once and both add to them. */
const claimLock = 7_305_803
/** A node that was stopped in the middle of its claim loses its transaction; those behind it come back later. */
const stuckClaimMs = 3_000

export interface ClaimOptions {
  readonly node: string
  readonly limit: number
  /** Answers of one owner that may run at once, on all nodes together. */
  readonly ownerLimit: number
  /** Owners in the order in which this node last served them; whoever is not named had their turn longest ago. */
  readonly served: readonly UserId[]
}

/** Each owner of something that waits, with the project it waits in: one step of the index for each, not a scan. */
const lines: Readonly<Record<Engine, RawBuilder<unknown>>> = {
  sqlite: sql`
    lines (project_id, owner_id) as (
      select * from (
        select project_id, owner_id from answers where state = 'queued' order by project_id, owner_id limit 1)
      union all
      select a.project_id, a.owner_id from lines l join answers a on a.rowid = coalesce(
        (select b.rowid from answers b
          where b.state = 'queued' and b.project_id = l.project_id and b.owner_id > l.owner_id
          order by b.owner_id limit 1),
        (select b.rowid from answers b where b.state = 'queued' and b.project_id > l.project_id
          order by b.project_id, b.owner_id limit 1)))`,
  postgres: sql`
    lines (project_id, owner_id) as (
      (select project_id, owner_id from answers where state = 'queued' order by project_id, owner_id limit 1)
      union all
      select n.project_id, n.owner_id from lines l cross join lateral (
        select b.project_id, b.owner_id from answers b
        where b.state = 'queued' and (b.project_id, b.owner_id) > (l.project_id, l.owner_id)
        order by b.project_id, b.owner_id limit 1) n)`,
}

/**
 * An answer waits for those before it in its chat: cheaply seen when one of them runs, else by one step of an index,
 * which the order makes every planner take.
 */
const isFirstOfChat = sql`(a.project_id, a.chat_id) not in (select project_id, chat_id from busy_chats) and a.position = (
  select e.position from answers e
  where e.project_id = a.project_id and e.chat_id = a.chat_id and e.state in ('queued', 'processing')
  order by e.project_id, e.chat_id, e.position limit 1)`

/**
 * The oldest of each line that may run, as many as are asked for. SQLite plans a statement anew each time when `limit` is
 * a parameter alone: 450 µs instead of 15 for this one.
 */
const fronts: Readonly<Record<Engine, (isAllowed: RawBuilder<unknown>, limit: number) => RawBuilder<unknown>>> = {
  sqlite: (isAllowed, limit) => sql`
    select f.project_id, f.id, f.owner_id, f.created_at from open_lines l join answers f on f.rowid in (
      select a.rowid from answers a
      where a.project_id = l.project_id and a.owner_id = l.owner_id and a.state = 'queued'
        and ${isAllowed} and ${isFirstOfChat}
      order by a.created_at, a.id limit ${limit} + 0)`,
  postgres: (isAllowed, limit) => sql`
    select f.project_id, f.id, f.owner_id, f.created_at from open_lines l cross join lateral (
      select a.project_id, a.id, a.owner_id, a.created_at from answers a
      where a.project_id = l.project_id and a.owner_id = l.owner_id and a.state = 'queued'
        and ${isAllowed} and ${isFirstOfChat}
      order by a.created_at, a.id limit ${limit}) f`,
}

/**
 * What may be started now, as `startable`, each with its turn: an owner's answers take the turns after those that run,
 * so who has fewest comes first. Reads what runs and the fronts of the lines only, however long these are.
 */
function startable(db: Database, { node, ownerLimit, limit }: ClaimOptions): RawBuilder<unknown> {
  const time = databaseTime(db)
  const isAllowed = sql`(a.pinned_node is null or a.pinned_node = ${node}
    or a.created_at < ${databaseTime(db, -pinnedForMs)})`
  return sql`
    running as materialized (
      select owner_id, count(*) as answers from answers
      where state = 'processing' and lease_owner is not null and lease_expires_at >= ${time} group by owner_id),
    busy_chats as materialized (select project_id, chat_id from answers where state = 'processing'),
    ${lines[db.engine]},
    open_lines as materialized (
      select l.project_id, l.owner_id from lines l left join running r on r.owner_id = l.owner_id
      where coalesce(r.answers, 0) < ${ownerLimit}),
    candidates as (
      ${fronts[db.engine](isAllowed, limit)}
      union all
      select a.project_id, a.id, a.owner_id, a.created_at from answers a
      where a.state = 'processing' and (a.lease_expires_at is null or a.lease_expires_at < ${time}) and ${isAllowed}),
    startable as (
      select c.project_id, c.id, c.owner_id, c.created_at, coalesce(r.answers, 0)
        + row_number() over (partition by c.owner_id order by c.created_at, c.id) as turn
      from candidates c left join running r on r.owner_id = c.owner_id)`
}

/** Whether a claim would find anything: one statement outside of any transaction, for nodes that all hear of one question. */
async function hasStartableAnswer(db: Database, options: ClaimOptions): Promise<boolean> {
  const statement = sql`
    with recursive ${startable(db, { ...options, limit: 1 })}
    select 1 from startable where turn <= ${options.ownerLimit} limit 1`
  const { rows } = await asHeartbeat(() => statement.execute(db.query))
  return rows.length > 0
}

/**
 * Takes up to `limit` answers that wait or whose lease ran out: never two of one chat, never out of its order, never more
 * of one owner than may run. When not all can be taken, owners take turns, each beginning with its oldest.
 */
export function claimAnswers(db: Database, options: ClaimOptions): Promise<ClaimedAnswer[]> {
  return asHeartbeat(() => claims[db.engine](db, options))
}

const claims: Readonly<Record<Engine, (db: Database, options: ClaimOptions) => Promise<ClaimedAnswer[]>>> = {
  sqlite: (db, options) =>
    inUnsyncedTransaction(db, async (tx) => {
      const { rows } = await sql<ClaimRow>`
        with recursive ${startable(db, options)}, ${picked(db, options)}
        update answers set ${leased(db, options)} where (project_id, id) in (select project_id, id from picked)
        returning ${claimColumns}`.execute(tx)
      if (rows.length > 0) await showProcessing(tx, rows)
      return rows.map(toClaimedAnswer)
    }),
  // One claim at a time in the whole cluster. What somebody else has locked is left alone: a stopped node must not stop
  // the others' claims.
  postgres: async (db, options) => {
    if (!(await hasStartableAnswer(db, options))) return []
    return inUnsyncedTransaction(db, async (tx) => {
      await sql`select set_config('lock_timeout', ${`${stuckClaimMs}`}, true),
        set_config('idle_in_transaction_session_timeout', ${`${stuckClaimMs}`}, true), pg_advisory_xact_lock(${claimLock})`.execute(
        tx,
      )
      const { rows } = await sql<ClaimRow>`
        with recursive ${startable(db, options)}, ${picked(db, options)},
        free as (
          select project_id, id from answers
          where (project_id, id) in (select project_id, id from picked) and completed_at is null
            and (lease_expires_at is null or lease_expires_at < ${databaseTime(db)})
          for update skip locked),
        claimed as (
          update answers set ${leased(db, options)} where (project_id, id) in (select project_id, id from free)
          returning ${claimColumns}),
        shown as (
          update messages m set status = 'processing' from claimed c
          where m.project_id = c.project_id and m.chat_id = c.chat_id and m.id = c.message_id)
        select * from claimed`.execute(tx)
      return rows.map(toClaimedAnswer)
    })
  },
}

const servedOwners: Readonly<Record<Engine, (owners: string) => RawBuilder<unknown>>> = {
  sqlite: (owners) => sql`select value as owner_id, key as place from json_each(${owners})`,
  postgres: (owners) =>
    sql`select owner_id, place from json_array_elements_text(${owners}::json) with ordinality as s (owner_id, place)`,
}

function picked(db: Database, { limit, ownerLimit, served }: ClaimOptions): RawBuilder<unknown> {
  return sql`
    served as (${servedOwners[db.engine](JSON.stringify(served))}),
    picked as (
      select s.project_id, s.id from startable s left join served v on v.owner_id = s.owner_id
      where s.turn <= ${ownerLimit}
      order by s.turn, coalesce(v.place, -1), s.created_at, s.id limit ${limit} + 0)`
}

function leased(db: Database, { node }: ClaimOptions): RawBuilder<unknown> {
  return sql`state = 'processing', attempt = attempt + 1, lease_owner = ${node},
    lease_expires_at = ${databaseTime(db, leaseMs)}, started_at = coalesce(started_at, ${databaseTime(db)})`
}

const claimColumns = sql`project_id, id, chat_id, question_id, message_id, owner_id, model, parameters, attempt,
  cancel_requested_at, pinned_node`

async function showProcessing(tx: Tx, rows: readonly ClaimRow[]): Promise<void> {
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

interface ClaimRow {
  project_id: ProjectId
  id: AnswerId
  chat_id: ChatId
  question_id: MessageId
  message_id: MessageId
  owner_id: UserId
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
