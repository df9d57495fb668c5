import type { Queryable } from '../database/database.ts'
import type { ChatId, ProjectId, UserId } from '../ids.ts'

/** Whose a chat is, and whether they agreed that their other chats are searched for answers. */
export async function findRecallScope(
  db: Queryable,
  { projectId, chatId }: { projectId: ProjectId; chatId: ChatId },
): Promise<{ ownerId: UserId; recallsOtherChats: boolean } | undefined> {
  const row = await db
    .selectFrom('chats')
    .innerJoin('users', 'users.id', 'chats.owner_id')
    .select(['chats.owner_id', 'users.recalls_other_chats'])
    .where('chats.project_id', '=', projectId)
    .where('chats.id', '=', chatId)
    .where('chats.deleted_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? undefined : { ownerId: row.owner_id, recallsOtherChats: Boolean(row.recalls_other_chats) }
}
