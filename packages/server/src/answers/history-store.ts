import type { Queryable } from '../database/database.ts'
import type { ChatId, MessageId, ProjectId } from '../ids.ts'
import type { Citation } from './citations/citation.ts'
import type { Turn } from './generators/generator.ts'

interface MessagePlace {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  readonly messageId: MessageId
}

/** Messages read per step up the path; a linear chat needs one step for its newest forty turns. */
const stepSize = 80
/** Tokens are approximated as a quarter of the characters, which is near enough for a budget. */
const charactersPerToken = 4

export async function findQuestion(
  db: Queryable,
  { projectId, chatId, messageId }: MessagePlace,
): Promise<{ content: string; position: number; parentId: MessageId | null } | undefined> {
  const row = await db
    .selectFrom('messages')
    .select(['content', 'position', 'parent_id'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', messageId)
    .executeTakeFirst()
  return row === undefined ? undefined : { content: row.content, position: row.position, parentId: row.parent_id }
}

/** Of the answer that a question follows. */
export async function readCitedHeading(
  db: Queryable,
  { projectId, chatId, messageId }: Omit<MessagePlace, 'messageId'> & { messageId: MessageId | null },
): Promise<string | null> {
  if (messageId === null) return null
  const row = await db
    .selectFrom('messages')
    .select('citations')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', messageId)
    .executeTakeFirst()
  // Written with the end of the answer.
  const citations: readonly Citation[] = JSON.parse(row?.citations ?? '[]')
  const first = citations.find((citation) => citation.type === 'passage')
  return first?.heading_path.at(-1) ?? null
}

/**
 * The turns before a question on its own path (siblings left out), oldest first: as many of the newest as fit. Failed
 * and empty answers are left out. Reads backwards along the position index, so its cost does not grow with the chat.
 */
export async function readHistory(
  db: Queryable,
  question: MessagePlace & { position: number; parentId: MessageId | null },
  { maxTokens }: { maxTokens: number },
): Promise<Turn[]> {
  const turns: Turn[] = []
  let budget = maxTokens * charactersPerToken
  let wanted = question.parentId
  let before = question.position
  while (wanted !== null && budget > 0) {
    const rows = await db
      .selectFrom('messages')
      .select(['id', 'position', 'role', 'content', 'parent_id'])
      .where('project_id', '=', question.projectId)
      .where('chat_id', '=', question.chatId)
      .where('position', '<', before)
      .orderBy('position', 'desc')
      .limit(stepSize)
      .execute()
    if (rows.length === 0) break
    for (const row of rows) {
      before = row.position
      if (row.id !== wanted) continue
      wanted = row.parent_id
      if (row.role === 'system' || row.content === '') continue
      budget -= row.content.length
      if (budget < 0) return turns.reverse()
      turns.push({ role: row.role, content: row.content })
    }
  }
  return turns.reverse()
}
