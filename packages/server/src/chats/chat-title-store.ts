import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import { isPast } from '../database/page.ts'
import type { Timestamp } from '../database/schema.ts'
import type { ChatId, ProjectId } from '../ids.ts'
import type { Chat } from './chat.ts'
import { selectChats, toChat } from './chat-store.ts'

export interface ChatTitle {
  readonly id: ChatId
  readonly name: string
  readonly updatedAt: Timestamp
}

/** Names of somebody's own chats, newest first: a range of the index of what they keep. */
export async function readTitles(
  db: Queryable,
  principal: Principal,
  { projectId, before, limit }: { projectId: ProjectId; before: readonly [Timestamp, string]; limit: number },
): Promise<ChatTitle[]> {
  return await db
    .selectFrom('chats')
    .select(['id', 'name', 'updated_at as updatedAt'])
    .where('project_id', '=', projectId)
    .where('owner_id', '=', principal.userId)
    .where('deleted_at', 'is', null)
    .where(isPast(['updated_at', 'id'], before, 'descending'))
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Chats by their ids, those that the caller may read. */
export async function findChats(
  db: Queryable,
  principal: Principal,
  projectId: ProjectId,
  ids: readonly ChatId[],
): Promise<ReadonlyMap<ChatId, Chat>> {
  if (ids.length === 0) return new Map()
  const rows = await selectChats(db, principal, 'read')
    .where('chats.project_id', '=', projectId)
    .where('chats.id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, toChat(row)]))
}
