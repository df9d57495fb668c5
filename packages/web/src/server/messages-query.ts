import type { Message, MessageList, Quory } from '@quory/sdk'
import { type InfiniteData, infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

export interface ChatRef {
  readonly projectId: string
  readonly chatId: string
}

/** Which page: the newest, or the one before, after or around a message. */
export type MessagePlace =
  | { readonly before: string }
  | { readonly after: string }
  | { readonly around: string }
  | Readonly<Record<string, never>>

export type LoadedMessages = InfiniteData<MessageList, MessagePlace>

const pageSize = 40
/** Of the end of a chat: what is seen at once and some more, so that it is there at once. */
const newestPageSize = 20

export function messagesKey({ projectId, chatId }: ChatRef) {
  return ['messages', projectId, chatId] as const
}

export async function readMessages(
  quory: Quory,
  { projectId, chatId }: ChatRef,
  place: MessagePlace,
  signal?: AbortSignal,
): Promise<MessageList> {
  return dataOf(
    await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}/messages', {
      params: {
        path: { project_id: projectId, chat_id: chatId },
        query: { path: 'active', limit: Object.keys(place).length === 0 ? newestPageSize : pageSize, ...place },
      },
      ...(signal === undefined ? {} : { signal }),
    }),
  )
}

/** The active path of a chat, from its end or from around a message, in pages that grow both ways. */
export function messagesQuery(quory: Quory, chat: ChatRef, shownMessageId?: string) {
  return infiniteQueryOptions({
    queryKey: messagesKey(chat),
    queryFn: ({ pageParam, signal }) => readMessages(quory, chat, pageParam, signal),
    initialPageParam: (shownMessageId === undefined ? {} : { around: shownMessageId }) as MessagePlace,
    getPreviousPageParam: ({ messages: [first], has_older }): MessagePlace | undefined =>
      first !== undefined && has_older === true ? { before: first.id } : undefined,
    getNextPageParam: ({ messages, has_newer }): MessagePlace | undefined => {
      const last = messages.at(-1)
      return last !== undefined && has_newer === true ? { after: last.id } : undefined
    },
    // Once there, it is kept true by `refreshMessages`, which costs one page however many are loaded.
    enabled: ({ state }) => state.data === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Puts a page where it belongs: it replaces all that was known from its first message on. */
export function withPage(loaded: LoadedMessages | undefined, page: MessageList): LoadedMessages {
  const alone: LoadedMessages = { pages: [page], pageParams: [{}] }
  const [first] = page.messages
  if (loaded === undefined || first === undefined) return alone
  const index = loaded.pages.findIndex(({ messages }) => messages.some(({ id }) => id === first.id))
  const known = loaded.pages[index]
  if (known === undefined) return alone
  const older = known.messages.slice(
    0,
    known.messages.findIndex(({ id }) => id === first.id),
  )
  const kept = older.length === 0 ? [] : [{ ...known, messages: older, has_more: true, has_newer: true }]
  const pages = [...loaded.pages.slice(0, index), ...kept, page]
  return { pages, pageParams: pages.map((_, place) => loaded.pageParams[place] ?? {}) }
}

/** Reads the newest page and fits it in: after a message was sent here or elsewhere, and after a while away. */
export async function refreshMessages(
  { quory, queryClient }: { readonly quory: Quory; readonly queryClient: QueryClient },
  chat: ChatRef,
  place: MessagePlace = {},
): Promise<void> {
  const page = await readMessages(quory, chat, place)
  queryClient.setQueryData<LoadedMessages>(messagesKey(chat), (loaded) => withPage(loaded, page))
}

/** Changes one message where it is shown. */
export function patchMessage(
  queryClient: QueryClient,
  chat: ChatRef,
  messageId: string,
  change: (message: Message) => Message,
): void {
  queryClient.setQueryData<LoadedMessages>(messagesKey(chat), (loaded) =>
    loaded === undefined
      ? undefined
      : {
          ...loaded,
          pages: loaded.pages.map((page) =>
            page.messages.some(({ id }) => id === messageId)
              ? {
                  ...page,
                  messages: page.messages.map((message) => (message.id === messageId ? change(message) : message)),
                }
              : page,
          ),
        },
  )
}
