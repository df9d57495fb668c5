import type { Queryable } from '../database/database.ts'
import type { ChatId, MessageId, ProjectId } from '../ids.ts'
import type { Citation } from './citations/citation.ts'
import type { AnswerDetails, CitationCounts } from './log/answer-event.ts'

/** What an answer said that ended early, for another to go on from. */
export interface BegunAnswer {
  readonly text: string
  readonly citations: readonly Citation[]
  readonly counts: CitationCounts | undefined
}

/** Undefined when the message was deleted since. */
export async function readBegunAnswer(
  db: Queryable,
  { projectId, chatId, messageId }: { projectId: ProjectId; chatId: ChatId; messageId: MessageId },
): Promise<BegunAnswer | undefined> {
  const row = await db
    .selectFrom('messages')
    .select(['content', 'citations', 'details'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', messageId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  // Both written with the end of the answer.
  const citations = JSON.parse(row.citations ?? '[]') as Citation[]
  const details = JSON.parse(row.details ?? 'null') as AnswerDetails | null
  return { text: row.content, citations, counts: details?.citations }
}
