import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { type OddRequest, requestsTo } from './support/route-inputs.ts'
import { anOwner, type Owner } from './support/route-world.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

/** Said with each run; a failure is repeated by writing it here. */
const seed = Date.now() & 0x7fffffff
const requestsPerRoute = 100
/** Longer is a hang. */
const timeoutMs = 10_000

interface Seen {
  readonly status: number
  readonly type: string
  readonly text: string
}

describe.each(engines)('whatever is sent, on %s', (engine) => {
  let app: TestApp
  /** Who sends an odd request with a key of their own must not reach the world outside. */
  let model: ModelServer
  let db: Database
  let owner: Owner
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })

  beforeAll(async () => {
    model = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: model.url } })
    db = await openDatabase(app.config)
    owner = await anOwner(app, 'fay')
    process.stdout.write(`seed of the odd requests on ${engine}: ${seed}\n`)
  })
  afterAll(async () => {
    agent.destroy()
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
  })

  function sendOdd({ method, path, headers, body }: OddRequest, key: string): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(app.url)
      const outgoing = httpRequest(
        {
          agent,
          hostname,
          port,
          method,
          path: path.startsWith('/v1/me/events') ? endedFeed(path) : path,
          headers: {
            authorization: `Bearer ${key}`,
            ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, latin(value)])),
            ...(body === undefined ? {} : { 'content-length': body.length }),
          },
          signal: AbortSignal.timeout(timeoutMs),
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
          )
          response.on('error', reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  it('is answered, by a refusal in the usual form or by an answer of the published shape', async () => {
    const { openApi, routeList } = app.app.server
    const document = openApi()
    const routes = routeList.filter(({ method, isHidden }) => method !== 'OPTIONS' && !isHidden)
    const reached = new Set<string>()
    for (const { method, url } of routes) {
      const input = fc.tuple(requestsTo({ method, url }, document, owner.ids), fc.integer({ min: 0, max: 3 }))
      await fc.assert(
        fc.asyncProperty(input, async ([odd, who]) => {
          // Mostly the user whose ids these are; sometimes the administrator.
          const seen = await sendOdd(odd, who === 0 ? app.adminKey : owner.key)
          if (seen.status < 400) reached.add(`${method} ${url}`)
          expect(seen.status, seen.text).toBeLessThan(500)
          expect(seen.text).not.toMatch(/ at .*\.ts:\d+/)
          if (seen.status >= 400) expectProblem(seen)
        }),
        { numRuns: requestsPerRoute, seed },
      )
    }
    // Else this would only test the validation. Deletions are left out: what the other requests are about stays.
    expect(reached.size).toBeGreaterThan(0.7 * routes.length)
    // A hundred and thirty routes, each some dozens of times.
  }, 150_000)

  it('leaves the server answering, and every chat with as many messages as it counts', async () => {
    expect((await app.as(undefined)('GET', '/ready')).status).toBe(200)
    expect((await owner.call('GET', '/v1/me')).status).toBe(200)
    await until(
      () => db.query.selectFrom('answers').select('id').where('state', 'in', ['queued', 'processing']).execute(),
      (running) => running.length === 0,
    )
    const miscounted = await db.query
      .selectFrom('chats')
      .select(['chats.id', 'chats.message_count'])
      .where(
        'chats.message_count',
        '<>',
        sql<number>`(select count(*) from messages m where m.project_id = chats.project_id and m.chat_id = chats.id)`,
      )
      .execute()
    expect(miscounted).toEqual([])
    const { messages } = await db.query
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll().as('messages'))
      .executeTakeFirstOrThrow()
    expect(Number(messages)).toBeGreaterThan(10)
  })

  it('is answered or cut off when it is not even HTTP', async () => {
    const credentials = `authorization: Bearer ${owner.key}\r\n`
    const chats = `/v1/projects/${owner.ids.project_id}/chats`
    const post = (length: string, body: string) =>
      `POST ${chats} HTTP/1.1\r\nhost: x\r\n${credentials}content-type: application/json\r\n${length}\r\n\r\n${body}`
    const requests: readonly (readonly [name: string, bytes: string, statuses: readonly number[]])[] = [
      ['a body shorter than it says', post('content-length: 500', '{"name":"x"}'), [0, 400]],
      ['a body longer than it says', post('content-length: 2', '{"name":"x"}'), [400, 422]],
      ['a length that is none', post('content-length: x', '{"name":"x"}'), [400]],
      ['a length below nothing', post('content-length: -5', '{"name":"x"}'), [400]],
      ['two lengths', post('content-length: 5\r\ncontent-length: 12', '{"name":"x"}'), [400]],
      ['a length and chunks', post('content-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n'), [400]],
      ['a chunk that is none', post('transfer-encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'), [400]],
      ['a chunk without an end', post('transfer-encoding: chunked', 'c\r\n{"name":"x"}'), [0, 400]],
      ['a body without a length', post('x: y', '{"name":"x"}'), [400, 422]],
      ['no host', `GET /health HTTP/1.1\r\n\r\n`, [400]],
      ['no HTTP', 'hello\r\n\r\n', [400]],
      ['another version', 'GET /health HTTP/9.9\r\nhost: x\r\n\r\n', [400, 505]],
      ['an old version', 'GET /health HTTP/1.0\r\n\r\n', [200]],
      ['bytes in the path', 'GET /chat/\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n', [400, 403, 404, 405]],
      ['NUL in the path', 'GET /chat/\0 HTTP/1.1\r\nhost: x\r\n\r\n', [400]],
      ['a whole address', `GET http://elsewhere.example/health HTTP/1.1\r\nhost: x\r\n\r\n`, [200, 400, 404]],
      ['an asterisk', 'GET * HTTP/1.1\r\nhost: x\r\n\r\n', [200, 400, 404]],
      ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n', [0, 400, 404, 405]],
      ['an unknown method', 'BREW /chat HTTP/1.1\r\nhost: x\r\n\r\n', [400]],
      [
        'an upgrade',
        'GET /health HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
        [0, 200, 400],
      ],
      ['NUL in a header', 'GET /health HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n', [400]],
      ['a header of 100 kB', `GET /health HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(100_000)}\r\n\r\n`, [431]],
      ['3,000 headers', `GET /health HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`, [200, 431]],
      ['an address of 20 kB', `GET /chat?x=${'y'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, [400, 414, 431]],
    ]
    const failures: unknown[] = []
    for (const [name, bytes, statuses] of requests) {
      const text = await exchange(bytes)
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
      if (!statuses.includes(status)) failures.push({ name, status, text: text.slice(0, 300) })
      // Node itself answers a request without a host, and says no more than the status.
      else if (name !== 'no host' && status >= 400 && !/"detail":.*"code":.*"request_id":/.test(text))
        failures.push({ name, text })
    }
    expect(failures).toEqual([])
    expect((await owner.call('GET', '/v1/me')).status).toBe(200)
  }, 60_000)

  /** Sends bytes, says that there are no more, and reads until the server hangs up. */
  function exchange(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(app.url)
      const socket = connect({ host: hostname, port: Number(port) })
      let text = ''
      socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`No end after ${timeoutMs} ms: ${text}`)))
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
      })
      // The server may hang up before it has read everything.
      socket.on('error', (error) => ('code' in error ? resolve(text) : reject(error)))
      socket.on('close', () => resolve(text))
      socket.end(bytes, 'latin1')
    })
  }
})

/** As header values go over the wire. */
function latin(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function expectProblem({ type, text }: Seen): void {
  expect(type, text).toContain('application/json')
  const { detail, code, request_id } = JSON.parse(text)
  expect(typeof detail === 'string' || Array.isArray(detail), text).toBe(true)
  expect(code, text).toMatch(/^[a-z_]+$/)
  expect(request_id, text).toMatch(/^[0-9a-f-]{36}$/)
}

/** A feed goes on for as long as somebody listens; this one ends at once. */
function endedFeed(path: string): string {
  const rest = path.replaceAll(/seconds=[^&]*&?/g, '')
  return `${rest}${rest.includes('?') ? '&' : '?'}seconds=0`
}
