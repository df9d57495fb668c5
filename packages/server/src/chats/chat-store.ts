import type { Principal } from '../accounts/principal.ts'
import { keepUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import { rowLock } from '../database/row-lock.ts'
import { QuoryError } from '../errors.ts'
import { type ChatId, newId, type ProjectId } from '../ids.ts'
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
  'chats.created_at',
  'chats.updated_at',
] as const

function selectChats(db: Queryable, principal: Principal, access: ChatAccess) {
  return db.selectFrom('chats').select(columns).where(mayAccessChat(principal, access))
}

type ChatRow = Awaited<ReturnType<ReturnType<typeof selectChats>['executeTakeFirstOrThrow']>>

function toChat(row: ChatRow): Chat {
  return {
    projectId: row.project_id,
    id: row.id,
    ownerId: row.owner_id,
    owner: row.owner,
    name: row.name,
    description: row.description,
    messageCount: row.message_count,
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
    description: chat.description ?? null,
    message_count: 0,
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
  if (isNew) return toChat(row)
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
      .where('m.user_id', '=', principal.userId),
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
            .orderBy('chats.created_at')
            .orderBy('chats.id')
            .limit(pageLimit(request) + 1)
          return (request.cursor === undefined ? own : own.where(isAfter(request.cursor))).as('chats')
        },
        (join) => join.onTrue(),
      )
      .select(columns)
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
    .where('m.user_id', '=', principal.userId)
    .where('chats.owner_id', '=', principal.userId)
    .executeTakeFirst()
  if (row === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
  return toChat(row)
}

/** Changes what is given and `updated_at`; nothing given changes nothing. */
export async function updateChat(
  db: Queryable,
  chat: Chat,
  change: { name?: string | undefined; description?: string | undefined },
): Promise<Chat> {
  const name = change.name ?? chat.name
  const description = change.description ?? chat.description
  if (name === chat.name && description === chat.description) return chat
  // Later than the last change even within one millisecond, so that whoever compares the two sees that it moved.
  const updatedAt = new Date(Math.max(Date.now(), Date.parse(chat.updatedAt) + 1)).toISOString()
  await db
    .updateTable('chats')
    .set({ name, description, updated_at: updatedAt })
    .where('project_id', '=', chat.projectId)
    .where('id', '=', chat.id)
    .execute()
  return { ...chat, name, description, updatedAt }
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
