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

/** A person's own chats of a project as they keep them, newest first: for each state a range of an index of its own. */
export async function listKeptChats(
  db: Queryable,
  principal: Principal,
  request: KeptChatsRequest,
): Promise<Page<Chat>> {
  const { projectId, state, isPinned } = request
  let query = selectChats(db, principal, 'discard')
    .where('chats.project_id', '=', projectId)
    .where('chats.owner_id', '=', principal.userId)
    .where('chats.deleted_at', state === 'trash' ? 'is not' : 'is', null)
    .orderBy('chats.updated_at', 'desc')
    .orderBy('chats.id', 'desc')
    .limit(pageLimit(request) + 1)
  if (state === 'active') query = query.where('chats.archived_at', 'is', null)
  if (state === 'archived') query = query.where('chats.archived_at', 'is not', null)
  if (isPinned !== undefined) query = query.where('chats.pinned_at', isPinned ? 'is not' : 'is', null)
  if (request.cursor !== undefined) {
    const last = decodeCursor(request.cursor, ['time', 'id'])
    query = query.where(isPast(['chats.updated_at', 'chats.id'], last, 'descending'))
  }
  return toPage((await query.execute()).map(toChat), request, (chat) => [chat.updatedAt, chat.id])
}
