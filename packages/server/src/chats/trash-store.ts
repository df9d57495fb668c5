import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { type Chat, type ChatRef, nobody } from './chat.ts'
import { isLargeChat, removeThrownChat } from './removed-chat-store.ts'

/** False when somebody else threw it away or deleted it meanwhile. */
export async function markDeleted(tx: Tx, { projectId, chatId }: ChatRef): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('chats')
    .set({ deleted_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Takes a chat out of the trash, as it was. */
export async function restoreChat(db: Queryable, chat: Chat): Promise<Chat> {
  const { numUpdatedRows } = await db
    .updateTable('chats')
    .set({ deleted_at: null })
    .where('project_id', '=', chat.projectId)
    .where('id', '=', chat.id)
    .where('owner_id', '!=', nobody)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw new QuoryError('chat_not_found', 'Chat not found')
  return { ...chat, deletedAt: null }
}

/** The next project, by its id, with something in the trash: one step in the index of the trash. */
export async function findTrashProject(query: Queryable, after: ProjectId | undefined): Promise<ProjectId | undefined> {
  let projects = query
    .selectFrom('chats')
    .select('project_id')
    .where('deleted_at', 'is not', null)
    .orderBy('project_id')
    .limit(1)
  if (after !== undefined) projects = projects.where('project_id', '>', after)
  return (await projects.executeTakeFirst())?.project_id
}

interface ThrownChat extends ChatRef {
  readonly ownerId: UserId
  readonly isLarge: boolean
}

/** Chats of a project thrown away before a time, the oldest first. */
export async function listTrashBefore(
  query: Queryable,
  projectId: ProjectId,
  { before, limit }: { readonly before: string; readonly limit: number },
): Promise<ThrownChat[]> {
  const rows = await query
    .selectFrom('chats')
    .select(['id as chatId', 'owner_id as ownerId'])
    .select(isLargeChat)
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is not', null)
    .where('deleted_at', '<', before)
    .where('owner_id', '!=', nobody)
    .orderBy('deleted_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ chatId, ownerId, is_large }) => ({ projectId, chatId, ownerId, isLarge: Number(is_large) === 1 }))
}

/** For good, unless it was taken out again meanwhile. */
export async function purgeChat(
  db: Database,
  { projectId, chatId, isLarge }: ThrownChat,
  before: string,
): Promise<boolean> {
  if (isLarge) return await inTransaction(db, (tx) => removeThrownChat(tx, { projectId, chatId }, before))
  const { numDeletedRows } = await db.query
    .deleteFrom('chats')
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('owner_id', '!=', nobody)
    .where('deleted_at', '<', before)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
