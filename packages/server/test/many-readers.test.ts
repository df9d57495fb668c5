import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { framesOf, openStream } from './support/event-streams.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

describe('readers of one answer', () => {
  let model: ModelServer
  let app: TestApp
  let path: string
  const sockets: Socket[] = []
  beforeEach(async () => {
    model = await startModelServer()
    app = await startTestApp({ env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' } })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    path = `/v1/projects/${project}/chats/${chat}`
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
  })

  /** A reader of its own socket; paused, it takes nothing until it is resumed. HTTP/1.0 spares the test the chunks. */
  async function connectReader({ isPaused }: { isPaused: boolean }) {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    sockets.push(socket)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => void chunks.push(chunk))
    if (isPaused) socket.pause()
    await once(socket, 'connect')
    socket.write(`GET ${path}/stream HTTP/1.0\r\nauthorization: Bearer ${app.adminKey}\r\n\r\n`)
    return {
      resume: () => void socket.resume(),
      ended: async () => {
        if (!socket.readableEnded) await once(socket, 'end')
        const text = Buffer.concat(chunks).toString()
        return framesOf(text.slice(text.indexOf('\r\n\r\n') + 4))
      },
    }
  }

  it('that take nothing hold up nobody and cost no memory, and get everything when they take it', async () => {
    const word = 'x'.repeat(20_000)
    async function* flood() {
      for (let index = 0; index < 300; index++) {
        yield `${word} `
        // Lets the server's other work run between, as a network would.
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
    }
    model.script([{ text: flood() }])
    await app.call('POST', `${path}/messages`, { content: 'hi' })
    const before = process.memoryUsage()
    const slow = await Promise.all(Array.from({ length: 60 }, () => connectReader({ isPaused: true })))
    const fast = await openStream(app, `${path}/stream`)
    const whole = framesOf(await fast.ended)
    expect(whole.at(-1)).toContain('"status":"completed"')
    expect(whole.join('').length).toBeGreaterThan(300 * word.length)
    const after = process.memoryUsage()
    const grown = after.heapUsed + after.external - before.heapUsed - before.external
    // Six megabytes for each of sixty would be 360; what a socket may hold ahead is a batch.
    expect(grown / 1e6).toBeLessThan(150)
    for (const reader of slow.slice(0, 5)) {
      reader.resume()
      expect(await reader.ended()).toEqual(whole)
    }
  })

  it('may be a thousand: each gets every event, and the answer is not held up', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `w${index} `)
    model.script([{ text: words, tokenDelayMs: 20 }])
    await app.call('POST', `${path}/messages`, { content: 'hi' })
    const readers = await Promise.all(Array.from({ length: 1_000 }, () => connectReader({ isPaused: false })))
    const all = await Promise.all(readers.map((reader) => reader.ended()))
    const [whole] = all
    expect(whole?.at(-1)).toContain('"status":"completed"')
    for (const frames of all) expect(frames).toEqual(whole)
    await until(
      async () => app.call('GET', `${path}/messages`),
      ({ body }) => body.messages.at(-1).status === 'completed',
    )
    expect(model.requests).toHaveLength(1)
  })
})
