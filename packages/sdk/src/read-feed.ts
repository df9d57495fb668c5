import type { Quory } from './client.ts'
import { isAborted, isFinal, readServerEvents } from './read-server-events.ts'
import { QuoryRequestError } from './request-error.ts'
import type { Chat, Message } from './schema.ts'
import { waitBeforeRetry } from './wait-before-retry.ts'

/** One change in a person's own chats, or in the data of their projects. */
export type FeedEvent =
  /** Something may have been missed, or nothing was read before: fetch anew what is shown. Comes first, too. */
  | { readonly type: 'start' }
  /** A chat is new or changed; one with `deleted_at` is in the trash. */
  | { readonly type: 'chat-changed'; readonly chat: Chat }
  | { readonly type: 'chat-deleted'; readonly projectId: string; readonly chatId: string }
  | {
      readonly type: 'answer-started' | 'answer-ended'
      readonly projectId: string
      readonly chatId: string
      readonly messageId: string
      readonly status: Message['status']
    }
  /** Null when a source is new, or several changed. */
  | { readonly type: 'source-changed'; readonly projectId: string; readonly dataSourceId: string | null }
  | { readonly type: 'training-changed'; readonly projectId: string; readonly trainingId: string | null }
  /** With everything in it: of its chats and data nothing more is told. */
  | { readonly type: 'project-deleted'; readonly projectId: string }

/** How a feed is read. */
export interface ReadFeedOptions {
  readonly signal?: AbortSignal
  /** Told whenever the line is lost, with why, and when it is there again. */
  readonly onConnection?: (connection: 'connected' | 'lost', reason?: unknown) => void
}

/**
 * Reads what changes until the signal is aborted, over as many connections as that takes. Each begins with `start`,
 * after which the reader fetches anew what it shows: so nothing is missed, however long the line was away. Throws a
 * `QuoryRequestError` only for what waiting does not mend: nobody is signed in any more.
 */
export async function* readFeed(
  quory: Quory,
  { signal, onConnection }: ReadFeedOptions = {},
): AsyncGenerator<FeedEvent, void> {
  let failures = 0
  while (!isAborted(signal)) {
    let retryMs: number | undefined
    try {
      for await (const event of readServerEvents(quory, '/v1/me/events', { signal })) {
        if (event.type === 'connected') {
          failures = 0
          onConnection?.('connected')
        } else if (event.type === 'event') {
          if (event.name === 'stream_closed') retryMs = event.retryMs
          const read = toFeedEvent(event.name, event.data)
          if (read !== undefined) yield read
        }
      }
      if (!isAborted(signal)) onConnection?.('lost')
    } catch (error) {
      if (isAborted(signal)) return
      if (isFinal(error)) throw error
      onConnection?.('lost', error)
      if (error instanceof QuoryRequestError) retryMs = error.retryAfterMs
    }
    failures += 1
    await waitBeforeRetry(failures, retryMs, signal)
  }
}

// The frames are the server's own, described at its stream's route: read, not checked again.
// biome-ignore lint/suspicious/noExplicitAny: JSON whose shape follows from the frame's name
function toFeedEvent(name: string, data: any): FeedEvent | undefined {
  switch (name) {
    case 'feed_start':
      return { type: 'start' }
    case 'chat_changed':
      return { type: 'chat-changed', chat: data.chat }
    case 'chat_deleted':
      return { type: 'chat-deleted', projectId: data.project_id, chatId: data.id }
    case 'answer_started':
    case 'answer_ended':
      return {
        type: name === 'answer_started' ? 'answer-started' : 'answer-ended',
        projectId: data.project_id,
        chatId: data.chat_id,
        messageId: data.message_id,
        status: data.status,
      }
    case 'source_changed':
      return { type: 'source-changed', projectId: data.project_id, dataSourceId: data.data_source_id }
    case 'training_changed':
      return { type: 'training-changed', projectId: data.project_id, trainingId: data.training_id }
    case 'project_deleted':
      return { type: 'project-deleted', projectId: data.id }
    default:
      return undefined
  }
}
