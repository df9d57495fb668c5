import type { Chat } from '@quory/sdk'
import type { QueryClient } from '@tanstack/react-query'
import { type ChatPages, type ChatState, chatKeys } from './chats-query.ts'

/**
 * Puts a changed chat where it now belongs in every list that was read: to the top of the right one, out of the others.
 * A list that was never read stays unread.
 */
export function keepChat(queryClient: QueryClient, chat: Chat): void {
  queryClient.setQueryData(['chat', chat.project_id, chat.id], chat)
  eachList(queryClient, chat.project_id, (pages, state, isPinned) => {
    const isHere = stateOf(chat) === state && (state !== 'active' || isPinned === (chat.pinned_at !== null))
    return isHere ? withChat(pages, chat) : withoutChat(pages, chat.id)
  })
}

export function dropChat(queryClient: QueryClient, projectId: string, chatId: string): void {
  queryClient.removeQueries({ queryKey: ['chat', projectId, chatId] })
  eachList(queryClient, projectId, (pages) => withoutChat(pages, chatId))
}

function stateOf(chat: Chat): ChatState {
  if (chat.deleted_at !== null) return 'trash'
  return chat.archived_at === null ? 'active' : 'archived'
}

function eachList(
  queryClient: QueryClient,
  projectId: string,
  change: (pages: ChatPages, state: ChatState, isPinned: boolean) => ChatPages,
): void {
  for (const [key, pages] of queryClient.getQueriesData<ChatPages>({ queryKey: chatKeys.all(projectId) })) {
    const [, , state, isPinned] = key as readonly [string, string, ChatState, boolean]
    if (pages !== undefined) queryClient.setQueryData(key, change(pages, state, isPinned))
  }
}

/** In place when it did not move, so that a running mark does not shuffle the list under the reader's finger. */
export function withChat(pages: ChatPages, chat: Chat): ChatPages {
  const found = pages.pages.flatMap(({ chats }) => chats).find(({ id }) => id === chat.id)
  if (found?.updated_at === chat.updated_at)
    return mapChats(pages, (chats) => chats.map((each) => (each.id === chat.id ? chat : each)))
  const rest = withoutChat(pages, chat.id)
  const [first, ...others] = rest.pages
  if (first === undefined) return pages
  // Older than all that was read: it comes with the page it is on.
  const last = rest.pages.at(-1)?.chats.at(-1)
  const hasMore = rest.pages.at(-1)?.next != null
  if (hasMore && last !== undefined && chat.updated_at < last.updated_at) return rest
  const place = first.chats.findIndex((each) => each.updated_at <= chat.updated_at)
  if (place === -1 && others.length > 0) return { ...rest, pages: sorted(rest, chat) }
  return {
    ...rest,
    pages: [{ ...first, chats: first.chats.toSpliced(place === -1 ? first.chats.length : place, 0, chat) }, ...others],
  }
}

/** Among the later pages, where its time says. */
function sorted(pages: ChatPages, chat: Chat): ChatPages['pages'] {
  let isPlaced = false
  return pages.pages.map((page) => {
    const place = isPlaced ? -1 : page.chats.findIndex((each) => each.updated_at <= chat.updated_at)
    if (place === -1) return page
    isPlaced = true
    return { ...page, chats: page.chats.toSpliced(place, 0, chat) }
  })
}

export function withoutChat(pages: ChatPages, chatId: string): ChatPages {
  return mapChats(pages, (chats) => chats.filter(({ id }) => id !== chatId))
}

function mapChats(pages: ChatPages, change: (chats: Chat[]) => Chat[]): ChatPages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, chats: change(page.chats) })) }
}
