import type { Queryable } from '../database/database.ts'
import type { MessageRole, Timestamp } from '../database/schema.ts'
import type { MessageId } from '../ids.ts'
import type { ChatPlace } from './message-block-store.ts'

interface AroundRow {
  readonly id: MessageId
  readonly position: number
  readonly role: MessageRole
  readonly content: string
  readonly createdAt: Timestamp
}

/** A message with what was said just before and after it. */
export async function readTurnsAround(
  db: Queryable,
  { projectId, chatId }: ChatPlace,
  position: number,
): Promise<AroundRow[]> {
  return await db
    .selectFrom('messages')
    .select(['id', 'position', 'role', 'content', 'created_at as createdAt'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('position', '>=', position - 1)
    .where('position', '<=', position + 1)
    .where('role', '!=', 'system')
    .where('content', '!=', '')
    .orderBy('position')
    .execute()
}
