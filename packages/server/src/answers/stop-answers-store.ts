import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { type Database, now, type Tx } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import type { Schema } from '../database/schema.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { AnswerRef } from './answer.ts'

/** Which answers are meant. */
export type AnswerCondition = (eb: ExpressionBuilder<Schema, 'answers'>) => Expression<SqlBool>

/**
 * Holds the answers that wait or run, before what they belong to is deleted: no node writes to them any more, and their
 * ends, which take answer, message and chat in this order, cannot meet the deletion half-way. Asked again after the chat
 * or project itself is held, it also knows those that were asked for in between.
 */
export async function lockUnfinishedAnswers(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  condition: AnswerCondition,
): Promise<AnswerRef[]> {
  return await tx
    .selectFrom('answers')
    .select(['project_id as projectId', 'id as answerId'])
    .where('state', 'in', ['queued', 'processing'])
    .where(condition)
    .orderBy('project_id')
    .orderBy('id')
    .modifyEnd(rowLock(db.engine).forUpdate)
    .execute()
}

/** Marks answers as to be stopped: whoever runs or takes one ends it as cancelled. */
export async function markCancelled(tx: Tx, condition: AnswerCondition): Promise<void> {
  await tx
    .updateTable('answers')
    .set({ cancel_requested_at: now() })
    .where('state', 'in', ['queued', 'processing'])
    .where(condition)
    .execute()
}

/**
 * After the commit that stopped or deleted answers: whoever runs one hangs up on its model, readers look at what is left
 * (an end, in any case), and what waited behind them begins.
 */
export function announceStopped(wakeUp: WakeUp, answers: readonly AnswerRef[]): void {
  for (const { answerId } of answers) {
    wakeUp.notify('answer-cancel', answerId)
    wakeUp.notify('answer-events', answerId)
  }
  const last = answers.at(-1)
  if (last !== undefined) wakeUp.notify('answer-queued', last.answerId)
}
