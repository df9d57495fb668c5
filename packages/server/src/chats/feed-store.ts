import type { Queryable } from '../database/database.ts'
import type { MessageStatus } from '../database/schema.ts'
import type { MessageId, ProjectId, UserId } from '../ids.ts'
import type { Chat, ChatRef } from './chat.ts'
import { selectAllChats, toChat } from './chat-store.ts'

/** A chat as its owner sees it, in the trash too; undefined when it is gone, or its owner may see it no more. */
export async function findChatOfOwner(db: Queryable, { projectId, chatId }: ChatRef): Promise<Chat | undefined> {
  const row = await selectAllChats(db)
    .where('chats.project_id', '=', projectId)
    .where('chats.id', '=', chatId)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_members as m')
          .select('m.user_id')
          .whereRef('m.project_id', '=', 'chats.project_id')
          .whereRef('m.user_id', '=', 'chats.owner_id'),
      ),
    )
    .executeTakeFirst()
  return row === undefined ? undefined : toChat(row)
}

export async function findMessageStatus(
  db: Queryable,
  { projectId, chatId }: ChatRef,
  id: MessageId,
): Promise<MessageStatus | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('status')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.status
}

/** Those of some people who are in a project. */
export async function listMembersAmong(
  db: Queryable,
  projectId: ProjectId,
  people: readonly UserId[],
): Promise<UserId[]> {
  if (people.length === 0) return []
  const rows = await db
    .selectFrom('project_members')
    .select('user_id')
    .where('project_id', '=', projectId)
    .where('user_id', 'in', people)
    .execute()
  return rows.map((row) => row.user_id)
}
