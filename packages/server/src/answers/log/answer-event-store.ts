import { type RawBuilder, sql } from 'kysely'
import type { Database, Engine, Queryable } from '../../database/database.ts'
import { asHeartbeat } from '../../database/heartbeat.ts'
import { type AnswerId, dayOfId, type ProjectId } from '../../ids.ts'
import type { AnswerRef } from '../answer.ts'
import type { AnswerEvent, NumberedEvent } from './answer-event.ts'

export interface NewEvent {
  readonly project_id: ProjectId
  readonly answer_id: AnswerId
  readonly day: number
  readonly number: number
  readonly attempt: number
  /** The event as JSON. */
  readonly event: string
}

/**
 * One multi-row insert for all running answers of a node, one parameter whatever their number. Rows whose answer this
 * node no longer holds at that attempt are left out; the returned rows name the answers that were written.
 */
const insertions: Readonly<Record<Engine, (rows: string, node: string) => RawBuilder<{ answer_id: AnswerId }>>> = {
  sqlite: (rows, node) => sql`
    insert into answer_events (project_id, answer_id, day, number, attempt, event)
    select a.project_id, a.id, e.value ->> 'day', e.value ->> 'number', e.value ->> 'attempt', e.value ->> 'event'
    from json_each(${rows}) e
    join answers a on a.project_id = e.value ->> 'project_id' and a.id = e.value ->> 'answer_id'
      and a.attempt = e.value ->> 'attempt' and a.state = 'processing' and a.lease_owner = ${node}
    where true returning answer_id`,
  // The row lock makes a take-over wait for this commit, so it reads every number given out before it. A row that is
  // there already is this very one: its commit went through although the connection broke. So what counts is whether the
  // answer is held, not what was inserted.
  postgres: (rows, node) => sql`
    with incoming as (
      select * from json_to_recordset(${rows}::json)
        as e (project_id text, answer_id text, day bigint, number bigint, attempt bigint, event text)),
    held as (
      select project_id, id, attempt from answers
      where (project_id, id) in (select project_id, answer_id from incoming)
        and state = 'processing' and lease_owner = ${node} for share),
    stored as (
      insert into answer_events (project_id, answer_id, day, number, attempt, event)
      select i.project_id, i.answer_id, i.day, i.number, i.attempt, i.event
      from incoming i join held a on a.project_id = i.project_id and a.id = i.answer_id and a.attempt = i.attempt
      on conflict do nothing)
    select distinct i.answer_id
    from incoming i join held a on a.project_id = i.project_id and a.id = i.answer_id and a.attempt = i.attempt`,
}

/** Resolves once the events are on the disk. Safe to repeat with the same rows when it is not known what became of them. */
export async function insertEvents(
  db: Database,
  node: string,
  rows: readonly NewEvent[],
): Promise<ReadonlySet<AnswerId>> {
  const insertion = insertions[db.engine](JSON.stringify(rows), node)
  const result = await asHeartbeat(() => insertion.execute(db.query))
  return new Set(result.rows.map((row) => row.answer_id))
}

/** Events after `after`, in order, at most `limit`: one range read of the primary key. */
export async function readEvents(
  db: Queryable,
  { projectId, answerId }: AnswerRef,
  { after, limit }: { after: number; limit: number },
): Promise<NumberedEvent[]> {
  const rows = await db
    .selectFrom('answer_events')
    .select(['number', 'event'])
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .where('day', '=', dayOfId(answerId))
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ number: row.number, event: parseEvent(row.event) }))
}

export async function hasEvent(db: Queryable, { projectId, answerId }: AnswerRef, number: number): Promise<boolean> {
  const row = await db
    .selectFrom('answer_events')
    .select('number')
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .where('day', '=', dayOfId(answerId))
    .where('number', '=', number)
    .executeTakeFirst()
  return row !== undefined
}

/** The text that an attempt's events hold; every reader was shown a prefix of it. */
export async function readAttemptText(
  db: Queryable,
  { projectId, answerId }: AnswerRef,
  attempt: number,
): Promise<string> {
  const rows = await db
    .selectFrom('answer_events')
    .select('event')
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .where('day', '=', dayOfId(answerId))
    .where('attempt', '=', attempt)
    .orderBy('number')
    .execute()
  return rows
    .map((row) => parseEvent(row.event))
    .map((event) => (event.type === 'text-delta' ? event.text : ''))
    .join('')
}

function parseEvent(json: string): AnswerEvent {
  // Written by insertEvents from an AnswerEvent.
  return JSON.parse(json) as AnswerEvent
}
