import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { ProjectId } from '../ids.ts'
import type { Chat } from './chat.ts'
import { selectChats, toChat } from './chat-store.ts'

export type ChatState = 'all' | 'active' | 'archived' | 'trash'

interface KeptChatsRequest extends PageRequest {
  readonly projectId: ProjectId
  readonly state: ChatState
  readonly isPinned: boolean | undefined
}

/** Where chats lie, each with an index of its own; what is undefined is of both kinds. */
interface Shelf {
  readonly isDeleted: boolean
  readonly isArchived: boolean | undefined
  readonly isPinned: boolean | undefined
}

/** A person's own chats of a project as they keep them, newest first: a range of an index for each shelf that it shows. */
export async function listKeptChats(
  db: Queryable,
  principal: Principal,
  request: KeptChatsRequest,
): Promise<Page<Chat>> {
  const [first, ...others] = shelvesOf(request).map((shelf) =>
    db.selectFrom(selectShelf(db, principal, request, shelf).as('shelf')).selectAll(),
  )
  if (first === undefined) return { items: [], nextCursor: undefined }
  const rows = await others.reduce((all, shelf) => all.unionAll(shelf), first).execute()
  const isLater = (one: (typeof rows)[number], other: (typeof rows)[number]) =>
    one.updated_at === other.updated_at ? one.id > other.id : one.updated_at > other.updated_at
  if (others.length > 0) rows.sort((one, other) => (isLater(one, other) ? -1 : 1))
  return toPage(rows.map(toChat), request, (chat) => [chat.updatedAt, chat.id])
}

function shelvesOf({ state, isPinned }: KeptChatsRequest): Shelf[] {
  if (state === 'trash') return [{ isDeleted: true, isArchived: undefined, isPinned }]
  // The index of all that is kept.
  if (state === 'all' && isPinned === undefined) return [{ isDeleted: false, isArchived: undefined, isPinned }]
  const archived = state === 'all' ? [false, true] : [state === 'archived']
  const pinned = isPinned === undefined ? [false, true] : [isPinned]
  return archived.flatMap((isArchived) => pinned.map((each) => ({ isDeleted: false, isArchived, isPinned: each })))
}

function selectShelf(
  db: Queryable,
  principal: Principal,
  { projectId, ...request }: KeptChatsRequest,
  { isDeleted, isArchived, isPinned }: Shelf,
) {
  let query = selectChats(db, principal, 'discard')
    .where('chats.project_id', '=', projectId)
    .where('chats.owner_id', '=', principal.userId)
    .where('chats.deleted_at', isDeleted ? 'is not' : 'is', null)
    .orderBy('chats.updated_at', 'desc')
    .orderBy('chats.id', 'desc')
    .limit(pageLimit(request) + 1)
  if (isArchived !== undefined) query = query.where('chats.archived_at', isArchived ? 'is not' : 'is', null)
  if (isPinned !== undefined) query = query.where('chats.pinned_at', isPinned ? 'is not' : 'is', null)
  if (request.cursor !== undefined) {
    const last = decodeCursor(request.cursor, ['time', 'id'])
    query = query.where(isPast(['chats.updated_at', 'chats.id'], last, 'descending'))
  }
  return query
}
