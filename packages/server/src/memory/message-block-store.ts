import { sql } from 'kysely'
import type { Database, Queryable, Tx } from '../database/database.ts'
import { isPast } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import type { Timestamp } from '../database/schema.ts'
import type { ChatId, MessageId, ProjectId, UserId } from '../ids.ts'
import type { StoredTurn } from './analyse-message.ts'
import { blockOf, positionsPerBlock } from './message-block.ts'

export interface ChatPlace {
  readonly projectId: ProjectId
  readonly chatId: ChatId
}

export interface SearchedChat {
  readonly id: ChatId
  readonly name: string
  readonly last_position: number
  readonly indexed_position: number
  readonly created_at: Timestamp
  readonly updated_at: Timestamp
}

/** Where a list of chats goes on: after this one. */
export interface ChatsBefore {
  readonly createdAt: Timestamp
  readonly id: ChatId
}

const chatColumns = ['id', 'name', 'last_position', 'indexed_position', 'created_at', 'updated_at'] as const

/** A person's own chats of a project, newest first; or one of them. */
export async function listOwnChats(
  db: Queryable,
  {
    projectId,
    ownerId,
    chatId,
    before,
    limit,
  }: { projectId: ProjectId; ownerId: UserId; chatId?: ChatId; before?: ChatsBefore | undefined; limit: number },
): Promise<SearchedChat[]> {
  let query = db
    .selectFrom('chats')
    .select(chatColumns)
    .where('project_id', '=', projectId)
    .where('owner_id', '=', ownerId)
    .where('deleted_at', 'is', null)
  if (chatId !== undefined) query = query.where('id', '=', chatId)
  if (before !== undefined)
    query = query.where(isPast(['created_at', 'id'], [before.createdAt, before.id], 'descending'))
  return await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
}

/** Chats with something that is in no block yet. Reads the small index of those only. */
export async function listUnindexedChats(
  db: Queryable,
  projectId: ProjectId,
  { after, limit }: { after: ChatId | undefined; limit: number },
): Promise<SearchedChat[]> {
  let query = db
    .selectFrom('chats')
    .select(chatColumns)
    .where('project_id', '=', projectId)
    .whereRef('last_position', '>', 'indexed_position')
  if (after !== undefined) query = query.where('id', '>', after)
  return await query.orderBy('id').limit(limit).execute()
}

export interface TurnRow extends StoredTurn {
  readonly id: MessageId
}

/** What can be searched of a range of positions, in order: what was said and is finished. */
export async function readTurns(
  db: Queryable,
  { projectId, chatId }: ChatPlace,
  { from, to, newest }: { from: number; to: number; newest?: number },
): Promise<TurnRow[]> {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'position', 'content', 'created_at'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('position', '>=', from)
    .where('position', '<=', to)
    .where('role', '!=', 'system')
    .where('status', 'not in', ['queued', 'processing'])
    .where('content', '!=', '')
    .orderBy('position', 'desc')
    .limit(newest ?? positionsPerBlock)
    .execute()
  return rows.reverse()
}

/** When the newest messages up to a position came and ended, backwards. */
export async function readTimes(
  db: Queryable,
  { projectId, chatId }: ChatPlace,
  { to, limit }: { to: number; limit: number },
): Promise<{ position: number; created_at: Timestamp; completed_at: Timestamp | null }[]> {
  return await db
    .selectFrom('messages')
    .select(['position', 'created_at', 'completed_at'])
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('position', '<=', to)
    .orderBy('position', 'desc')
    .limit(limit)
    .execute()
}

/** The first answer that is still to be made: what comes after it is not searched by blocks yet. */
export async function findFirstUnfinished(
  db: Queryable,
  { projectId, chatId }: ChatPlace,
  after: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('position')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('position', '>', after)
    .where('status', 'in', ['queued', 'processing'])
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()
  return row?.position
}

export interface BlockRow {
  readonly chat_id: ChatId
  readonly number: number
  readonly last_position: number
  readonly languages: string
  readonly words: Uint8Array
}

/** The newest blocks of some chats: a piece of the primary key, read backwards. */
export async function readBlocks(
  db: Queryable,
  projectId: ProjectId,
  chats: readonly ChatId[],
  { offset, limit }: { offset: number; limit: number },
): Promise<BlockRow[]> {
  if (chats.length === 0) return []
  return await db
    .selectFrom('message_blocks')
    .select(['chat_id', 'number', 'last_position', 'languages', 'words'])
    .where('project_id', '=', projectId)
    .where('chat_id', 'in', chats)
    .orderBy('chat_id', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
}

export async function hasBlock(
  db: Queryable,
  { projectId, chatId }: ChatPlace,
  number: number,
  lastPosition: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('message_blocks')
    .select('last_position')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.last_position === lastPosition
}

/**
 * Puts a block in place of its older version, unless a message of it was deleted meanwhile: the chat's row is held, as
 * whoever deletes holds it. False when it was, or when the chat is gone.
 */
export async function storeBlock(
  db: Database,
  tx: Tx,
  { projectId, chatId }: ChatPlace,
  block: Omit<BlockRow, 'chat_id'> & { readonly messages: readonly MessageId[] },
): Promise<boolean> {
  const chat = await tx
    .selectFrom('chats')
    .select('indexed_position')
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  if (chat === undefined || !(await areAllThere(tx, { projectId, chatId }, block.messages))) return false
  const { number, last_position, languages, words } = block
  await tx
    .insertInto('message_blocks')
    .values({ project_id: projectId, chat_id: chatId, number, last_position, languages, words })
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'chat_id', 'number']).doUpdateSet({ last_position, languages, words }),
    )
    .execute()
  await moveIndexed(tx, { projectId, chatId }, last_position)
  return true
}

export async function moveIndexed(db: Queryable, { projectId, chatId }: ChatPlace, to: number): Promise<void> {
  await db
    .updateTable('chats')
    .set({ indexed_position: to })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .where('indexed_position', '<', to)
    .execute()
}

async function areAllThere(tx: Tx, { projectId, chatId }: ChatPlace, messages: readonly MessageId[]): Promise<boolean> {
  if (messages.length === 0) return true
  const { count } = await tx
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', 'in', messages)
    .executeTakeFirstOrThrow()
  return Number(count) === messages.length
}

/** With the deletion of a message: its words go at once, its neighbours' are read again by and by. */
export async function forgetBlock(tx: Tx, { projectId, chatId }: ChatPlace, position: number): Promise<void> {
  const number = blockOf(position)
  await tx
    .deleteFrom('message_blocks')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('number', '=', number)
    .execute()
  const before = Math.max(0, number * positionsPerBlock - 1)
  await tx
    .updateTable('chats')
    .set({ indexed_position: sql`case when indexed_position > ${before} then ${before} else indexed_position end` })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .execute()
}
