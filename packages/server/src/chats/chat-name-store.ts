import type { Queryable } from '../database/database.ts'
import type { ChatRef } from './chat.ts'

/** Whether a chat still waits for its first exchange to name it. */
export async function isUnnamed(db: Queryable, { projectId, chatId }: ChatRef): Promise<boolean> {
  const row = await db
    .selectFrom('chats')
    .select('id')
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('name_origin', '=', 'placeholder')
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** The first question of a chat and its first finished answer, with the model that gave it. */
export async function readFirstExchange(
  db: Queryable,
  { projectId, chatId }: ChatRef,
): Promise<{ question: string; answer: string; model: string | null } | undefined> {
  const inChat = db
    .selectFrom('messages')
    .select(['id', 'content', 'model'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .orderBy('position')
    .limit(1)
  const question = await inChat.where('role', '=', 'user').executeTakeFirst()
  if (question === undefined) return undefined
  const answer = await inChat.where('parent_id', '=', question.id).where('status', '=', 'completed').executeTakeFirst()
  return { question: question.content, answer: answer?.content ?? '', model: answer?.model ?? null }
}

/** Only in place of a placeholder: a name that somebody gave meanwhile stays. */
export async function nameChatOnce(db: Queryable, { projectId, chatId }: ChatRef, name: string): Promise<void> {
  await db
    .updateTable('chats')
    .set({ name, name_origin: 'made' })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('name_origin', '=', 'placeholder')
    .execute()
}
