import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type AnswerEvent, toAnswerEvent } from './answer-event.ts'
import type { Quory } from './client.ts'
import { QuoryRequestError } from './request-error.ts'
import { waitBeforeRetry } from './wait-before-retry.ts'

/** The server says something every 15 s; a line that is silent for this long is dead, whatever the socket says. */
const silenceMs = 40_000

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
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(new Error('The server fell silent')), silenceMs)
  try {
    const response = await quory.request(path, {
      headers: { accept: 'text/event-stream', ...(after > 0 ? { 'last-event-id': String(after) } : {}) },
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      cache: 'no-store',
    })
    yield { type: 'connected' }
    if (response.status === 204 || response.body === null) {
      yield { type: 'over' }
      return
    }
    let number = after
    let retryMs = 5_000
    const bytes = response.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(new Error('The server fell silent')), silenceMs)
          controller.enqueue(chunk)
        },
      }),
    )
    const events = bytes
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onRetry: (ms) => (retryMs = ms) }))
    for await (const { event = 'message', id, data } of iterate(events)) {
      const body = JSON.parse(data)
      if (event === 'stream_closed') yield { type: 'closed', resumeAfter: body.resume_after, retryMs }
      // Frames without a number stand together for the one after them, which alone can be resumed from.
      number = id === undefined ? number + 2 ** -20 : Number(id)
      const read = toAnswerEvent(event, number, body)
      if (read !== undefined) yield read
    }
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}

/** Safari reads no stream with `for await`. */
async function* iterate<T>(stream: ReadableStream<T>): AsyncGenerator<T, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** Asked anew each time: the compiler believes that what it once read stays. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** No waiting makes another answer of these. */
function isFinal(error: unknown): boolean {
  return error instanceof QuoryRequestError && [400, 401, 403, 404, 422].includes(error.status)
}
