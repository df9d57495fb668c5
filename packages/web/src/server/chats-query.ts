import type { Chat, Quory } from '@quory/sdk'
import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

export type ChatState = 'active' | 'archived' | 'trash'

export interface ChatPage {
  readonly chats: Chat[]
  /** Where the next page begins; null after the last. */
  readonly next: string | null
}

export type ChatPages = InfiniteData<ChatPage, string | null>

export const chatKeys = {
  all: (projectId: string) => ['chats', projectId] as const,
  list: (projectId: string, state: ChatState, isPinned: boolean) => ['chats', projectId, state, isPinned] as const,
}

/** A project's chats, newest first, page by page. Pinned ones are a list of their own. */
export function chatsQuery(
  quory: Quory,
  { projectId, state, isPinned }: { readonly projectId: string; readonly state: ChatState; readonly isPinned: boolean },
) {
  return infiniteQueryOptions({
    queryKey: chatKeys.list(projectId, state, isPinned),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<ChatPage> => {
      const query = {
        state,
        limit: 50,
        ...(state === 'active' ? { pinned: isPinned } : {}),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }
      const answer = await quory.api.GET('/v1/projects/{project_id}/chats', {
        params: { path: { project_id: projectId }, query },
        signal,
      })
      return { chats: dataOf(answer).chats, next: answer.response.headers.get('x-next-cursor') }
    },
    getNextPageParam: ({ next }) => next,
  })
}

export function chatQuery(quory: Quory, projectId: string, chatId: string) {
  return queryOptions({
    queryKey: ['chat', projectId, chatId],
    queryFn: async ({ signal }): Promise<Chat> =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}', {
          params: { path: { project_id: projectId, chat_id: chatId } },
          signal,
        }),
      ),
  })
}
