import { sql } from 'kysely'
import type { Principal } from '../accounts/principal.ts'
import { keepUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import { QuoryError } from '../errors.ts'
import { type ChatId, type MessageId, newId, type ProjectId } from '../ids.ts'
import type { Chat, ChatRef } from './chat.ts'
import { type ChatAccess, mayAccessChat } from './chat-access.ts'

const columns = [
  'chats.project_id',
  'chats.id',
  'chats.owner_id',
  'chats.owner',
  'chats.name',
  'chats.description',
  'chats.message_count',
  'chats.name_origin',
  'chats.leaf_id',
  'chats.pinned_at',
  'chats.archived_at',
  'chats.deleted_at',
  'chats.created_at',
  'chats.updated_at',
] as const

/** One look into the small index of what waits or runs. */
const isRunning = sql<number>`case when exists (
  select 1 from answers a where a.project_id = chats.project_id and a.chat_id = chats.id
    and a.state in ('queued', 'processing')) then 1 else 0 end`.as('is_running')

/** Whoever calls it says which of them somebody may see. */
export function selectAllChats(db: Queryable) {
  return db.selectFrom('chats').select(columns).select(isRunning)
}

export function selectChats(db: Queryable, principal: Principal, access: ChatAccess) {
  return selectAllChats(db).where(mayAccessChat(principal, access))
}

type ChatRow = Awaited<ReturnType<ReturnType<typeof selectChats>['executeTakeFirstOrThrow']>>

export function toChat(row: ChatRow): Chat {
  return {
    projectId: row.project_id,
    id: row.id,
    ownerId: row.owner_id,
    owner: row.owner,
    name: row.name,
    nameOrigin: row.name_origin,
    description: row.description,
    messageCount: row.message_count,
    leafId: row.leaf_id,
    isRunning: Boolean(row.is_running),
    pinnedAt: row.pinned_at,
    archivedAt: row.archived_at,
    deletedAt: row.deleted_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export interface NewChat {
  readonly id?: ChatId | undefined
  readonly projectId: ProjectId
  readonly name: string
  readonly description?: string | null | undefined
  readonly owner?: string | null | undefined
  /** False: the name only stands in until the first exchange gives one. */
  readonly isNamed?: boolean | undefined
}

/** The caller must have seen that the project is theirs. A user who is being deleted gets none that would outlive them. */
export async function createChat(db: Database, principal: Principal, chat: NewChat): Promise<Chat> {
  const time = now()
  const row = {
    project_id: chat.projectId,
    id: chat.id ?? newId<ChatId>(),
    owner_id: principal.userId,
    owner: chat.owner ?? principal.userId,
    name: chat.name,
    name_origin: chat.isNamed === false ? ('placeholder' as const) : ('given' as const),
    description: chat.description ?? null,
    message_count: 0,
    leaf_id: null,
    pinned_at: null,
    archived_at: null,
    deleted_at: null,
    created_at: time,
    updated_at: time,
  }
  const isNew = await inTransaction(db, async (tx) => {
    if (!(await keepUser(db, tx, principal.userId))) throw new QuoryError('unauthenticated', 'The user was deleted')
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('chats')
      .values({ ...row, last_position: 0 })
      .onConflict((conflict) => conflict.columns(['project_id', 'id']).doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows === 1n
  })
  if (isNew) return toChat({ ...row, is_running: 0 })
  // Made by an earlier run of the same request.
  return await requireChat(db.query, principal, { projectId: row.project_id, chatId: row.id }, 'read')
}

/** A project's chats, oldest first: one range of (project_id, created_at, id), or of (project_id, owner, …) by label. */
export async function listChats(
  db: Queryable,
  principal: Principal,
  { projectId, owner, ...request }: PageRequest & { projectId: ProjectId; owner?: string | undefined },
): Promise<Page<Chat>> {
  let query = selectChats(db, principal, 'read')
    .where('chats.project_id', '=', projectId)
    .orderBy('chats.created_at')
    .orderBy('chats.id')
    .limit(pageLimit(request) + 1)
  if (owner !== undefined) query = query.where('chats.owner', '=', owner)
  if (request.cursor !== undefined) {
    query = query.where(isPast(['chats.created_at', 'chats.id'], decodeCursor(request.cursor, ['time', 'id'])))
  }
  return toPage((await query.execute()).map(toChat), request, (chat) => [chat.createdAt, chat.id])
}

/** All chats of the caller's own, in whichever of their projects, oldest first: one index range per project. */
export async function listOwnChats(db: Database, principal: Principal, request: PageRequest): Promise<Page<Chat>> {
  let query = ownChats[db.engine](db.query, principal, request)
    .orderBy('chats.created_at')
    .orderBy('chats.id')
    .limit(pageLimit(request) + 1)
  if (request.cursor !== undefined) query = query.where(isAfter(request.cursor))
  return toPage((await query.execute()).map(toChat), request, (chat) => [chat.createdAt, chat.id])
}

function isAfter(cursor: string) {
  return isPast(['chats.created_at', 'chats.id'], decodeCursor(cursor, ['time', 'id']))
}

/** PostgreSQL would read and sort all chats of a user for the first page; a limit inside keeps each project's part short. */
const ownChats = {
  sqlite: (db: Queryable, principal: Principal, _request: PageRequest) =>
    db
      .selectFrom('project_members as m')
      .innerJoin('chats', (join) =>
        join.onRef('chats.project_id', '=', 'm.project_id').on('chats.owner_id', '=', principal.userId),
      )
      .select(columns)
      .select(isRunning)
      .where('m.user_id', '=', principal.userId)
      .where('chats.deleted_at', 'is', null),
  postgres: (db: Queryable, principal: Principal, request: PageRequest) =>
    db
      .selectFrom('project_members as m')
      .innerJoinLateral(
        (eb) => {
          const own = eb
            .selectFrom('chats')
            .selectAll()
            .whereRef('chats.project_id', '=', 'm.project_id')
            .where('chats.owner_id', '=', principal.userId)
            .where('chats.deleted_at', 'is', null)
            .orderBy('chats.created_at')
            .orderBy('chats.id')
            .limit(pageLimit(request) + 1)
          return (request.cursor === undefined ? own : own.where(isAfter(request.cursor))).as('chats')
        },
        (join) => join.onTrue(),
      )
      .select(columns)
      .select(isRunning)
      .where('m.user_id', '=', principal.userId),
} as const

/** The chat, or `chat_not_found`: the same for one that never was and one that is somebody else's. */
export async function requireChat(
  db: Queryable,
  principal: Principal,
  ref: ChatRef,
  access: ChatAccess,
): Promise<Chat> {
  const row = await selectChats(db, principal, access)
    .where('chats.project_id', '=', ref.projectId)
    .where('chats.id', '=', ref.chatId)
    .executeTakeFirst()
  if (row === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
  return toChat(row)
}

/** A chat of the caller's own by its id alone: one look-up of the primary key per project they are in. */
export async function requireOwnChat(db: Queryable, principal: Principal, chatId: ChatId): Promise<Chat> {
  const row = await db
    .selectFrom('project_members as m')
    .innerJoin('chats', (join) => join.onRef('chats.project_id', '=', 'm.project_id').on('chats.id', '=', chatId))
    .select(columns)
    .select(isRunning)
    .where('m.user_id', '=', principal.userId)
    .where('chats.owner_id', '=', principal.userId)
    .where('chats.deleted_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
  return toChat(row)
}

export interface ChatChange {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly isPinned?: boolean | undefined
  readonly isArchived?: boolean | undefined
}

/** Changes what is given; a new name or description moves `updated_at`, to pin or archive does not. */
export async function updateChat(db: Queryable, chat: Chat, change: ChatChange): Promise<Chat> {
  if (Object.values(change).every((value) => value === undefined)) return chat
  const name = change.name ?? chat.name
  const nameOrigin = change.name === undefined ? chat.nameOrigin : 'given'
  const description = change.description ?? chat.description
  const isReworded = name !== chat.name || description !== chat.description
  // Later than the last change even within one millisecond, so that whoever compares the two sees that it moved.
  const updatedAt = isReworded
    ? new Date(Math.max(Date.now(), Date.parse(chat.updatedAt) + 1)).toISOString()
    : chat.updatedAt
  const pinnedAt = markedAt(chat.pinnedAt, change.isPinned)
  const archivedAt = markedAt(chat.archivedAt, change.isArchived)
  await db
    .updateTable('chats')
    .set({
      ...(change.name === undefined ? {} : { name, name_origin: nameOrigin }),
      ...(change.description === undefined ? {} : { description }),
      ...(change.isPinned === undefined ? {} : { pinned_at: pinnedAt }),
      ...(change.isArchived === undefined ? {} : { archived_at: archivedAt }),
      // An answer may have moved it further meanwhile.
      updated_at: sql`case when updated_at < ${updatedAt} then ${updatedAt} else updated_at end`,
    })
    .where('project_id', '=', chat.projectId)
    .where('id', '=', chat.id)
    .execute()
  return { ...chat, name, nameOrigin, description, pinnedAt, archivedAt, updatedAt }
}

function markedAt(before: string | null, isMarked: boolean | undefined): string | null {
  if (isMarked === undefined) return before
  return isMarked ? (before ?? now()) : null
}

/** With its messages, answers and their logs, by foreign keys. */
export async function deleteChatRow(db: Queryable, { projectId, chatId }: ChatRef): Promise<void> {
  await db.deleteFrom('chats').where('project_id', '=', projectId).where('id', '=', chatId).execute()
}

/** Holds the chat until the transaction ends: nothing is asked in it meanwhile. */
export async function lockChat(db: Pick<Database, 'engine'>, tx: Tx, { projectId, chatId }: ChatRef): Promise<void> {
  await tx
    .selectFrom('chats')
    .select('id')
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .execute()
}

export async function moveLeaf(tx: Tx, { projectId, chatId }: ChatRef, leafId: MessageId): Promise<void> {
  await tx
    .updateTable('chats')
    .set({ leaf_id: leafId })
    .where('project_id', '=', projectId)
    .where('id', '=', chatId)
    .execute()
}
