import { now, type Queryable } from '../database/database.ts'
import type { UserId } from '../ids.ts'

const dayMs = 86_400_000

function utcDay(time: string = now()): string {
  return time.slice(0, 10)
}

/** When today's counts no longer hold: what `Retry-After` says. */
export function secondsUntilNextDay(nowMs: number = Date.now()): number {
  return Math.ceil((dayMs - (nowMs % dayMs)) / 1000)
}

/**
 * Counts one question of the user's UTC day unless `limit` were passed, in one statement, so that exactly `limit` pass
 * however many come at once. Call it in the transaction that accepts the question: a refused one is not counted.
 */
export async function countQuestion(query: Queryable, userId: UserId, limit: number): Promise<boolean> {
  if (limit < 1) return false
  const counted = await query
    .insertInto('question_counts')
    .values({ user_id: userId, day: utcDay(), questions: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'day'])
        .doUpdateSet((row) => ({ questions: row('question_counts.questions', '+', 1) }))
        .where('question_counts.questions', '<', limit),
    )
    .returning('questions')
    .executeTakeFirst()
  return counted !== undefined
}

/** Takes back a count of today whose question could not be accepted after all. */
export async function uncountQuestion(query: Queryable, userId: UserId): Promise<void> {
  await query
    .updateTable('question_counts')
    .set((row) => ({ questions: row('questions', '-', 1) }))
    .where('user_id', '=', userId)
    .where('day', '=', utcDay())
    .where('questions', '>', 0)
    .execute()
}

export interface QuestionCount {
  readonly day: string
  readonly questions: number
}

/** The user's counts, newest day first. */
export async function listQuestionCounts(query: Queryable, userId: UserId, days: number): Promise<QuestionCount[]> {
  return await query
    .selectFrom('question_counts')
    .select(['day', 'questions'])
    .where('user_id', '=', userId)
    .orderBy('day', 'desc')
    .limit(days)
    .execute()
}
