import { type AnswerEvent, toAnswerEvent } from './answer-event.ts'
import type { Quory } from './client.ts'
import { isAborted, isFinal, readServerEvents } from './read-server-events.ts'
import { QuoryRequestError } from './request-error.ts'
import { waitBeforeRetry } from './wait-before-retry.ts'

/** Which answer is read, from where on. */
export interface ReadAnswerOptions {
  readonly projectId: string
  readonly chatId: string
  /** The answer to read; the newest of the chat unless given. */
  readonly messageId?: string
  /** Number of the last event that is already known: only what follows is read. */
  readonly after?: number
  readonly signal?: AbortSignal
  /** Told whenever the line is lost, with why, and when it is there again. */
  readonly onConnection?: (connection: 'connected' | 'lost', reason?: unknown) => void
}

/**
 * Reads an answer to its end, over as many connections as that takes: a lost line, a sleeping laptop or a restarted
 * server are waited out, and no event is given twice or left out. Ends with the `end` event, or when the signal is
 * aborted. Throws a `QuoryRequestError` only for what waiting does not mend: no such chat, no right to read it.
 */
export async function* readAnswer(quory: Quory, options: ReadAnswerOptions): AsyncGenerator<AnswerEvent, void> {
  const { projectId, chatId, messageId, signal, onConnection } = options
  const query = messageId === undefined ? '' : `?message_id=${encodeURIComponent(messageId)}`
  const path = `/v1/projects/${encodeURIComponent(projectId)}/chats/${encodeURIComponent(chatId)}/stream${query}`
  let after = options.after ?? 0
  let failures = 0
  while (!isAborted(signal)) {
    let retryMs: number | undefined
    try {
      for await (const frame of readFrames(quory, path, after, signal)) {
        if (frame.type === 'connected') {
          failures = 0
          onConnection?.('connected')
        } else if (frame.type === 'over') {
          return
        } else if (frame.type === 'closed') {
          after = Math.max(after, frame.resumeAfter)
          retryMs = frame.retryMs
        } else {
          if ('number' in frame) after = Math.floor(frame.number)
          yield frame
          if (frame.type === 'end') return
        }
      }
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

type Frame =
  | AnswerEvent
  | { readonly type: 'connected' }
  /** Nothing follows the number that was named. */
  | { readonly type: 'over' }
  | { readonly type: 'closed'; readonly resumeAfter: number; readonly retryMs: number }

async function* readFrames(
  quory: Quory,
  path: string,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame, void> {
  let number = after
  for await (const event of readServerEvents(quory, path, {
    lastEventId: after > 0 ? String(after) : undefined,
    signal,
  })) {
    if (event.type !== 'event') {
      yield event
      continue
    }
    const { name, id, data, retryMs } = event
    if (name === 'stream_closed') yield { type: 'closed', resumeAfter: data.resume_after, retryMs }
    // Frames without a number stand together for the one after them, which alone can be resumed from.
    number = id === undefined ? number + 2 ** -20 : Number(id)
    const read = toAnswerEvent(name, number, data)
    if (read !== undefined) yield read
  }
}
