import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'

const heartbeatMs = 15_000
/** A reader whose socket takes nothing for this long is dropped; it can come back with the last number it saw. */
const stalledMs = 30_000

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** What keeps the connection alive while nothing happens: a comment, or a bare newline where comments hurt. */
  readonly heartbeat: string
}

/** Open event streams: closing the server ends each of them and waits until they are gone. */
export class OpenStreams {
  readonly #controllers = new Map<AbortController, Promise<void>>()

  get count(): number {
    return this.#controllers.size
  }

  /**
   * Sends frames as they come. Frames that gather while the socket is behind go out in one write, because the source is
   * asked for more only when the socket has drained.
   */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    frames: (signal: AbortSignal) => AsyncIterable<string>,
    { headers = {}, heartbeat }: StreamOptions,
  ): Promise<void> {
    const controller = new AbortController()
    reply.hijack()
    const socket = reply.raw
    socket.on('close', () => controller.abort())
    const done = this.#pump(request, reply, frames(controller.signal), controller, { headers, heartbeat })
    this.#controllers.set(controller, done)
    await done.finally(() => this.#controllers.delete(controller))
  }

  async #pump(
    request: FastifyRequest,
    reply: FastifyReply,
    frames: AsyncIterable<string>,
    controller: AbortController,
    { headers, heartbeat }: Required<StreamOptions>,
  ): Promise<void> {
    const socket = reply.raw
    // Hijacking skips Fastify's own header writing; CORS and request-id headers set by hooks are carried over.
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) socket.setHeader(name, value)
    socket.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...headers,
    })
    socket.flushHeaders()
    const beat = setInterval(() => {
      if (socket.writableLength === 0) socket.write(heartbeat)
    }, heartbeatMs)
    try {
      for await (const frame of frames) {
        if (controller.signal.aborted) break
        if (frame === '' || socket.write(frame)) continue
        await drained(socket, controller.signal)
      }
    } catch (error) {
      if (!controller.signal.aborted) request.log.error({ request_id: request.id, err: error }, 'a stream was cut off')
    } finally {
      clearInterval(beat)
      socket.end()
    }
  }

  /** Aborts every stream and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#controllers.keys()) controller.abort()
    await Promise.allSettled(this.#controllers.values())
  }
}

async function drained(
  socket: NodeJS.WritableStream & { destroy(error?: Error): unknown },
  signal: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(stalledMs)
  try {
    await once(socket, 'drain', { signal: AbortSignal.any([signal, timeout]) })
  } catch (error) {
    if (timeout.aborted) socket.destroy(new Error('slow_reader: the socket took nothing for 30 s'))
    else if (!signal.aborted) throw error
  }
}

/** `Last-Event-ID` as a number; anything else means from the start. */
export function lastEventNumber(request: FastifyRequest): number {
  const header = request.headers['last-event-id']
  const number = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0
  return number
}
