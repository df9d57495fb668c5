import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { QuoryError } from '../errors.ts'

const heartbeatMs = 15_000
/** Whether a reader may still read is asked this often; credentials are looked up anew after four seconds more at most. */
const accessCheckMs = 10_000
/** A reader whose socket takes nothing for this long is dropped; it can come back with the last number it saw. */
const defaultStalledMs = 30_000

/** Why a stream ends before its answer does. */
export type CloseReason = 'shutdown' | 'storage_unavailable' | 'access_withdrawn' | 'internal_error'
const closeReasons: ReadonlySet<unknown> = new Set<CloseReason>([
  'shutdown',
  'storage_unavailable',
  'access_withdrawn',
  'internal_error',
])

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** What keeps the connection alive while nothing happens: a comment, or a bare newline where comments hurt. */
  readonly heartbeat: string
  /** The last frame of a stream that ends before its answer; empty when all was sent. */
  closing(reason: CloseReason): string
  /** Whether the reader still has the right to read. */
  mayRead(): Promise<boolean>
}

/** Open event streams: closing the server ends each of them and waits until they are gone. */
export class OpenStreams {
  readonly #controllers = new Map<AbortController, Promise<void>>()
  readonly #stalledMs: number
  readonly #accessCheckMs: number
  #isClosing = false
  #slowReaders = 0

  constructor({ stalledMs = defaultStalledMs, accessCheckMs: checkMs = accessCheckMs } = {}) {
    this.#stalledMs = stalledMs
    this.#accessCheckMs = checkMs
  }

  get count(): number {
    return this.#controllers.size
  }

  /** Readers dropped so far because their sockets took nothing. */
  get slowReaders(): number {
    return this.#slowReaders
  }

  /**
   * Sends frames as they come. Frames that gather while the socket is behind go out in one write, because the source is
   * asked for more only when the socket has drained. Whatever happens, the last frame says how the stream ended.
   */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    frames: (signal: AbortSignal) => AsyncIterable<string>,
    options: StreamOptions,
  ): Promise<void> {
    const controller = new AbortController()
    reply.hijack()
    const { socket } = request.raw
    const leave = () => controller.abort('gone')
    reply.raw.on('close', leave)
    // Who closes one side of a stream has left: the other side would show it only at the next write.
    socket.once('end', leave)
    if (this.#isClosing) controller.abort('shutdown' satisfies CloseReason)
    writeHead(reply, options.headers ?? {})
    const done = this.#pump(request, reply.raw, frames(controller.signal), controller, options)
    this.#controllers.set(controller, done)
    await done.finally(() => {
      socket.off('end', leave)
      this.#controllers.delete(controller)
    })
  }

  async #pump(
    request: FastifyRequest,
    response: ServerResponse,
    frames: AsyncIterable<string>,
    controller: AbortController,
    options: StreamOptions,
  ): Promise<void> {
    const { signal } = controller
    const beat = setInterval(() => {
      if (response.writableLength === 0) response.write(options.heartbeat)
    }, heartbeatMs)
    const check = setInterval(() => void endWhenRefused(controller, options), this.#accessCheckMs)
    try {
      for await (const frame of frames) {
        if (signal.reason === 'gone') break
        if (frame !== '' && !response.write(frame) && !(await this.#drained(response, signal))) {
          this.#slowReaders += 1
          const details = { request_id: request.id, reason: 'slow_reader', dropped_so_far: this.#slowReaders }
          request.log.warn(details, 'a reader was dropped: its socket took nothing; it can come back')
          response.destroy()
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        request.log.error({ request_id: request.id, err: error }, 'a stream was cut off')
        const isOutage = error instanceof QuoryError && error.code === 'storage_unavailable'
        controller.abort((isOutage ? 'storage_unavailable' : 'internal_error') satisfies CloseReason)
      }
    } finally {
      clearInterval(beat)
      clearInterval(check)
      // Checked just before; only such reasons are in the set. A source that ended by itself has sent its last frame.
      const reason = closeReasons.has(signal.reason) ? (signal.reason as CloseReason) : 'internal_error'
      response.end(signal.reason === 'gone' ? '' : options.closing(reason))
    }
  }

  /** False when the socket took not one byte for so long; Node's own timer knows about a write that is under way. */
  #drained(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(true)
    return new Promise((resolve) => {
      const settle = (isTaken: boolean) => {
        response.socket?.setTimeout(0)
        response.off('drain', drain).off('timeout', timeout)
        signal.removeEventListener('abort', drain)
        resolve(isTaken)
      }
      const drain = () => settle(true)
      const timeout = () => settle(false)
      response.on('drain', drain).on('timeout', timeout)
      signal.addEventListener('abort', drain)
      response.socket?.setTimeout(this.#stalledMs)
    })
  }

  /** Ends every stream, tells its reader, and waits until it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    for (const controller of this.#controllers.keys()) controller.abort('shutdown' satisfies CloseReason)
    await Promise.allSettled(this.#controllers.values())
  }
}

function writeHead(reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  // Hijacking skips Fastify's own header writing; CORS and request-id headers set by hooks are carried over.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  })
  reply.raw.flushHeaders()
}

async function endWhenRefused(controller: AbortController, { mayRead }: Pick<StreamOptions, 'mayRead'>): Promise<void> {
  try {
    if (!(await mayRead())) controller.abort('access_withdrawn' satisfies CloseReason)
  } catch {
    // The database does not answer: nothing is known, and the next check will tell.
  }
}
