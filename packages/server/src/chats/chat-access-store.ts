import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import { isThere } from '../projects/project-store.ts'
import type { ChatRef } from './chat.ts'
import { mayAccessChat } from './chat-access.ts'

/** Whether the caller may read a chat; undefined when there is no such chat any more, for anybody. */
export async function mayReadChat(
  db: Queryable,
  principal: Principal,
  { projectId, chatId }: ChatRef,
): Promise<boolean | undefined> {
  const row = await db
    .selectFrom('chats')
    .select((eb) => eb.case().when(mayAccessChat(principal, 'read')(eb)).then(1).else(0).end().as('may_read'))
    .where('chats.project_id', '=', projectId)
    .where('chats.id', '=', chatId)
    .where('chats.deleted_at', 'is', null)
    .where(isThere('chats.project_id'))
    .executeTakeFirst()
  return row === undefined ? undefined : row.may_read === 1
}
