import { type RawBuilder, sql } from 'kysely'
import { now, type Queryable, type Tx } from '../../database/database.ts'
import { dayOfId } from '../../ids.ts'
import type { AnswerRef } from '../answer.ts'

export async function insertTrace(tx: Tx, ref: AnswerRef, trace: Uint8Array | null): Promise<void> {
  if (trace === null) return
  await tx
    .insertInto('answer_traces')
    .values({
      project_id: ref.projectId,
      answer_id: ref.answerId,
      day: dayOfId(ref.answerId),
      created_at: now(),
      trace,
    })
    .execute()
}

/** As a part of the statement that ends the answer: `ended` has its row when it was ended just now. */
export function insertTraceIfEnded(ref: AnswerRef, trace: Uint8Array | null): RawBuilder<unknown> {
  return sql`insert into answer_traces (project_id, answer_id, day, created_at, trace)
      select ${ref.projectId}::text, ${ref.answerId}::text, ${dayOfId(ref.answerId)}::bigint, ${now()}::timestamptz,
        ${trace}::bytea
      from ended where ${trace}::bytea is not null`
}

export async function findTrace(db: Queryable, { projectId, answerId }: AnswerRef): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('answer_traces')
    .select('trace')
    .where('project_id', '=', projectId)
    .where('answer_id', '=', answerId)
    .where('day', '=', dayOfId(answerId))
    .executeTakeFirst()
  return row?.trace
}
