import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openPostgres } from '../src/database/postgres.ts'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { findOrphanFiles, findOrphanRows } from './support/orphans.ts'
import { programs, type ServerProcess, startServerProcess } from './support/server-process.ts'
import { parseEvents, type StreamEvent, type TestResponse, until } from './support/start-test-app.ts'

const words = Array.from({ length: 120 }, (_, index) => `w${index} `)
const whole = words.join('')

let place: DatabasePlace
let model: ModelServer
let servers: (ServerProcess | undefined)[]
beforeEach(async () => {
  place = await createTestDatabase('postgres')
  model = await startModelServer()
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server?.[Symbol.asyncDispose]()))
  await model[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

const start = () =>
  startServerProcess({
    DATABASE_URL: place.databaseUrl ?? '',
    QUORY_DATA_DIR: place.dataDir,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: 'sk-test',
  })

let turn = 0
/** As a load balancer does: the next living node, another one when the connection is refused or closed before an answer. */
async function balanced(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<TestResponse> {
  for (;;) {
    const server = servers[turn++ % servers.length]
    if (server === undefined) continue
    try {
      return await server.call(method, path, body, headers)
    } catch (error) {
      // The socket closed: a question has its key, so that it may be sent again.
      if (!(error instanceof TypeError)) throw error
      await wait(20)
    }
  }
}

/** Reads an answer to its end, coming back with the last number it saw whenever its node goes away. */
async function readThrough(path: string): Promise<{ events: StreamEvent[]; returns: number }> {
  const events: StreamEvent[] = []
  for (let returns = 0; ; returns++) {
    const last = events.at(-1)?.id
    const { status, text } = await balanced('GET', path, undefined, {
      ...(last === undefined ? {} : { 'last-event-id': String(last) }),
    })
    expect(status).toBe(200)
    events.push(...parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2)).filter(({ id }) => !Number.isNaN(id)))
    if (events.at(-1)?.event === 'message_complete') return { events, returns }
  }
}

it('a cluster of three is restarted node by node under load: no request fails and every reader gets everything', async () => {
  model.script([{ text: words, tokenDelayMs: 15 }])
  servers = await Promise.all([start(), start(), start()])
  const project = `/v1/projects/${(await balanced('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
  let isOver = false
  const asked: { path: string; reply: string }[] = []
  const readings: Promise<{ events: StreamEvent[]; returns: number; path: string }>[] = []
  const statuses = new Map<number, number>()
  const count = ({ status }: TestResponse) => statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const chat = await balanced('POST', `${project}/chats`, { name: 'c' })
      count(chat)
      const path = `${project}/chats/${chat.body.id}`
      const key = { 'idempotency-key': crypto.randomUUID() }
      const sent = await balanced('POST', `${path}/messages`, { content: 'hi' }, key)
      count(sent)
      const reply = `${path}/messages/${sent.body.metadata.assistant_message_id}`
      asked.push({ path, reply })
      // The next question comes when this one is answered: what is asked in a restart that takes long is not a queue.
      let reading = 2
      const end = () => {
        reading--
      }
      for (let reader = 0; reader < 2; reader++) {
        readings.push(
          readThrough(`${path}/stream`)
            .finally(end)
            .then((read) => ({ ...read, path })),
        )
      }
      while (reading > 0 && !isOver) {
        count(await balanced('GET', reply))
        await wait(60)
      }
    }
  })
  for (let index = 0; index < servers.length; index++) {
    await wait(700)
    const server = servers[index]
    servers[index] = undefined
    const stoppedAt = performance.now()
    expect(await server?.kill('SIGTERM')).toBe(0)
    expect(performance.now() - stoppedAt).toBeLessThan(8_000)
    servers[index] = await start()
  }
  await wait(300)
  isOver = true
  await Promise.all(clients)
  expect([...statuses.keys()].sort()).toEqual([200, 201])
  const read = await Promise.all(readings)
  expect(read.some(({ returns }) => returns > 0)).toBe(true)
  const logs = new Map<string, StreamEvent[]>()
  for (const { path, reply } of asked) {
    const { body } = await balanced('GET', reply)
    expect(body).toMatchObject({ status: 'completed', content: whole })
    logs.set(path, parseEvents((await balanced('GET', `${path}/stream`)).text))
    // What a stopping node gives back is no death of the answer.
    const { attempts } = (await balanced('GET', `${reply}/attempts`)).body
    for (const { reason } of attempts) expect(reason).toBe('the node was shut down')
  }
  for (const { path, events } of read) expect(events).toEqual(logs.get(path))
  await using db = openPostgres(place.databaseUrl ?? '')
  expect(await findOrphanRows(db)).toEqual([])
}, 120_000)

/** A request over a connection that is kept, so that the next one takes the same. */
function ask(server: ServerProcess, path: string, body: AsyncIterable<string> | undefined) {
  const { hostname, port } = new URL(server.url)
  const outgoing = request({
    hostname,
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: 'Bearer qk_test_0123456789abcdefghijklmnopqrstuvwxyz',
      connection: 'keep-alive',
      ...(body === undefined ? {} : { 'content-type': 'multipart/form-data; boundary=b' }),
    },
  })
  const answer = new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
    outgoing.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }))
    })
    outgoing.on('error', reject)
  })
  const send = async () => {
    for await (const part of body ?? []) outgoing.write(part)
    outgoing.end()
  }
  return { answer, sent: send() }
}

it('a request in the middle of its upload when the node is told to stop still gets its answer', async () => {
  const server = await start()
  servers = [server]
  const project = `/v1/projects/${(await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
  const arrived = Promise.withResolvers<void>()
  const folder = join(place.dataDir, 'tmp')
  const upload = ask(
    server,
    `${project}/data-sources/upload`,
    (async function* () {
      yield '--b\r\ncontent-disposition: form-data; name="f"; filename="a.md"\r\n\r\n# Title\r\n'
      await arrived.promise
      yield 'The office opens at seven.\r\n--b--\r\n'
    })(),
  )
  await until(async () => existsSync(folder) && readdirSync(folder).length === 1, Boolean)
  const exit = server.kill('SIGTERM')
  await until(
    () =>
      fetch(server.url).then(
        () => false,
        () => true,
      ),
    (isRefused) => isRefused,
  )
  arrived.resolve()
  expect(await upload.answer).toEqual({ status: 201, connection: 'close' })
  expect(await exit).toBe(0)
  await using db = openPostgres(place.databaseUrl ?? '')
  expect(await db.query.selectFrom('sources').select(['status', 'file_name']).execute()).toEqual([
    { status: 'syncing', file_name: 'a.md' },
  ])
  expect(await findOrphanRows(db)).toEqual([])
  expect(await findOrphanFiles(db, place)).toEqual([])
})

it('an upload that never ends does not hold a stopping node, and leaves nothing', async () => {
  const server = await start()
  servers = [server]
  const project = `/v1/projects/${(await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
  const folder = join(place.dataDir, 'tmp')
  const upload = ask(
    server,
    `${project}/data-sources/upload`,
    (async function* () {
      yield '--b\r\ncontent-disposition: form-data; name="f"; filename="a.md"\r\n\r\n# Title\r\n'
      await new Promise(() => undefined)
    })(),
  )
  await until(async () => existsSync(folder) && readdirSync(folder).length === 1, Boolean)
  const stoppedAt = performance.now()
  const refused = expect(upload.answer).rejects.toThrow()
  expect(await server.kill('SIGTERM')).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(8_000)
  await refused
  await using db = openPostgres(place.databaseUrl ?? '')
  expect(await db.query.selectFrom('sources').select('id').execute()).toEqual([])
  expect(await findOrphanFiles(db, place)).toEqual([])
})

it('a signal during a start that waits for the database ends the process in order', async () => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const connected = once(silent, 'connection')
  // A TCP server that listens has an AddressInfo.
  const { port } = silent.address() as AddressInfo
  const child = spawn(process.execPath, [programs.built, 'serve'], {
    env: { PORT: '0', QUORY_DATA_DIR: place.dataDir, DATABASE_URL: `postgres://quory@127.0.0.1:${port}/none` },
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  const [socket] = await connected
  child.kill('SIGTERM')
  // Not killed by the signal: it was heard.
  expect(await ended).toEqual([0, null])
  socket.destroy()
  silent.close()
})
