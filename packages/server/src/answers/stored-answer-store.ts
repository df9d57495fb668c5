import type { Queryable } from '../database/database.ts'
import type { AnswerRef } from './answer.ts'
import type { Citation } from './citations/citation.ts'
import type {
  AnswerDetails,
  AnswerFailure,
  AnswerSnapshot,
  AnswerUsage,
  EndStatus,
  ReadEvent,
} from './log/answer-event.ts'

/**
 * What a reader at `position` still gets of a finished answer whose log was pruned: what the message holds, numbered as
 * the last event before the end was, and the end under its own number. Nothing when the answer is gone.
 */
export async function readStoredAnswer(db: Queryable, ref: AnswerRef, position: number): Promise<readonly ReadEvent[]> {
  const row = await db
    .selectFrom('answers as a')
    .innerJoin('messages as m', (join) =>
      join
        .onRef('m.project_id', '=', 'a.project_id')
        .onRef('m.chat_id', '=', 'a.chat_id')
        .onRef('m.id', '=', 'a.message_id'),
    )
    .select(['a.state', 'a.attempt', 'a.last_number', 'a.completed_at', 'a.usage', 'a.error'])
    .select(['m.content', 'm.citations', 'm.details', 'm.model'])
    .where('a.project_id', '=', ref.projectId)
    .where('a.id', '=', ref.answerId)
    .executeTakeFirst()
  if (row === undefined || position >= row.last_number) return []
  // All three written with the end, from these very types.
  const parse = <T>(json: string | null, absent: T): T => (json === null ? absent : (JSON.parse(json) as T))
  const snapshot: AnswerSnapshot = {
    type: 'answer-snapshot',
    attempt: Math.max(1, row.attempt),
    model: row.model,
    text: row.content,
    reasoning: null,
    toolCalls: null,
    citations: parse<Citation[]>(row.citations, []),
  }
  const end: ReadEvent = {
    number: row.last_number,
    event: {
      type: 'answer-end',
      // Only a finished answer's log is ever pruned.
      status: row.state as EndStatus,
      completedAt: row.completed_at ?? '',
      usage: parse<AnswerUsage | null>(row.usage, null),
      details: parse<AnswerDetails | null>(row.details, null),
      error: parse<AnswerFailure | null>(row.error, null),
    },
  }
  const covers = row.last_number - 1
  return position < covers ? [{ number: covers, event: snapshot }, end] : [end]
}
