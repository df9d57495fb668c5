import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../test/support/start-test-app.ts'
import { QuoryError } from '../errors.ts'
import { type CloseReason, OpenStreams } from './sse.ts'

const frame = `data: ${'x'.repeat(100_000)}\n\n`

describe('an event stream', () => {
  const opened: AsyncDisposable[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })

  async function serve(
    frames: (signal: AbortSignal) => AsyncIterable<string>,
    options: ConstructorParameters<typeof OpenStreams>[0] = {},
    mayRead = async () => true,
  ) {
    const streams = new OpenStreams(options)
    const logged: string[] = []
    const server = fastify({ logger: { level: 'warn', stream: { write: (line) => void logged.push(line) } } })
    server.get('/', async (request, reply) => {
      const closing = (reason: CloseReason) => `event: closed\ndata: ${reason}\n\n`
      await streams.send(request, reply, frames, { heartbeat: '\n', closing, mayRead })
      return reply
    })
    const url = await server.listen({ port: 0, host: '127.0.0.1' })
    opened.push({ [Symbol.asyncDispose]: () => server.close() }, streams)
    return { streams, url, logged }
  }

  /** Asks and reads nothing, until the test resumes it. */
  async function connectPaused(url: string): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    opened.push({ [Symbol.asyncDispose]: async () => void socket.destroy() })
    socket.on('error', () => undefined).pause()
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    return socket
  }

  it('drops a reader whose socket takes nothing, with the reason in the log and a count', async () => {
    let sent = 0
    const { streams, url, logged } = await serve(
      async function* () {
        for (;;) {
          sent += 1
          yield frame
        }
      },
      { stalledMs: 300 },
    )
    await connectPaused(url)
    await until(
      async () => streams.slowReaders,
      (count) => count === 1,
    )
    await until(
      async () => streams.count,
      (count) => count === 0,
    )
    expect(logged.join('')).toContain('"reason":"slow_reader"')
    // What it was sent stayed in the kernel's buffers: nothing more was asked of the source.
    expect(sent * frame.length).toBeLessThan(20_000_000)
  })

  it('keeps a reader that is slow but takes some, however long one frame lasts', async () => {
    const { streams, url } = await serve(
      async function* () {
        yield frame.repeat(100)
        yield 'data: end\n\n'
      },
      { stalledMs: 400 },
    )
    const socket = await connectPaused(url)
    let received = 0
    let tail = ''
    socket.on('data', (chunk) => {
      received += chunk.length
      tail = (tail + chunk.toString('latin1')).slice(-100)
      socket.pause()
    })
    const startedAt = performance.now()
    const sips = setInterval(() => socket.resume(), 15)
    try {
      await until(
        async () => tail,
        (text) => text.includes('event: closed'),
        25_000,
      )
    } finally {
      clearInterval(sips)
    }
    expect(received).toBeGreaterThan(100 * frame.length)
    // Longer than a reader that takes nothing would have had.
    expect(performance.now() - startedAt).toBeGreaterThan(800)
    expect(streams.slowReaders).toBe(0)
  })

  it('ends with the reason when the storage is away, when our own code fails, and when access was withdrawn', async () => {
    const failing = (error: Error) =>
      async function* () {
        yield 'data: 1\n\n'
        throw error
      }
    const away = await serve(failing(new QuoryError('storage_unavailable', 'away')))
    expect(await (await fetch(away.url)).text()).toBe('data: 1\n\nevent: closed\ndata: storage_unavailable\n\n')
    const wrong = await serve(failing(new Error('no such thing')))
    expect(await (await fetch(wrong.url)).text()).toBe('data: 1\n\nevent: closed\ndata: internal_error\n\n')
    expect(wrong.logged.join('')).toContain('no such thing')
    const silent = async function* (signal: AbortSignal) {
      yield 'data: 1\n\n'
      await once(signal, 'abort')
    }
    let answers = [async () => true, async () => Promise.reject(new Error('database away')), async () => false]
    const refused = await serve(silent, { accessCheckMs: 30 }, async () => {
      const [next = async () => false, ...rest] = answers
      answers = rest
      return next()
    })
    expect(await (await fetch(refused.url)).text()).toBe('data: 1\n\nevent: closed\ndata: access_withdrawn\n\n')
    expect(answers).toEqual([])
  })

  it('that opens while the server stops is closed at once, with that reason', async () => {
    const { streams, url } = await serve(async function* (signal) {
      if (!signal.aborted) await once(signal, 'abort')
      yield ''
    })
    const first = fetch(url).then((response) => response.text())
    await until(
      async () => streams.count,
      (count) => count === 1,
    )
    await streams[Symbol.asyncDispose]()
    expect(await first).toBe('event: closed\ndata: shutdown\n\n')
    expect(await (await fetch(url)).text()).toBe('event: closed\ndata: shutdown\n\n')
  })
})
