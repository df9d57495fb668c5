import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Quory } from './client.ts'
import { QuoryRequestError } from './request-error.ts'

/** The server says something every 15 s; a line that is silent for this long is dead, whatever the socket says. */
const silenceMs = 40_000

export type ServerEvent =
  | { readonly type: 'connected' }
  /** The server has nothing more to say, ever. */
  | { readonly type: 'over' }
  | {
      readonly type: 'event'
      readonly name: string
      readonly id: string | undefined
      /** What the server asked to be left alone for before the next connection. */
      readonly retryMs: number
      // biome-ignore lint/suspicious/noExplicitAny: JSON whose shape follows from the event's name
      readonly data: any
    }

interface ReadOptions {
  readonly lastEventId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What the server sends over one connection, until it or the line ends. */
export async function* readServerEvents(
  quory: Quory,
  path: string,
  { lastEventId, signal }: ReadOptions,
): AsyncGenerator<ServerEvent, void> {
  const silence = new AbortController()
  const fallSilent = () => silence.abort(new Error('The server fell silent'))
  let timer = setTimeout(fallSilent, silenceMs)
  try {
    const response = await quory.request(path, {
      headers: { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      cache: 'no-store',
    })
    yield { type: 'connected' }
    if (response.status === 204 || response.body === null) {
      yield { type: 'over' }
      return
    }
    let retryMs = 5_000
    const bytes = response.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          clearTimeout(timer)
          timer = setTimeout(fallSilent, silenceMs)
          controller.enqueue(chunk)
        },
      }),
    )
    const events = bytes
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onRetry: (ms) => (retryMs = ms) }))
    for await (const { event = 'message', id, data } of iterate(events))
      yield { type: 'event', name: event, id, retryMs, data: JSON.parse(data) }
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
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** No waiting makes another answer of these. */
export function isFinal(error: unknown): boolean {
  return error instanceof QuoryRequestError && [400, 401, 403, 404, 422].includes(error.status)
}
