import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { type PostgresServer, startPostgres } from './support/start-postgres.ts'
import { parseEvents, type StreamEvent, startTestApp, type TestApp, until } from './support/start-test-app.ts'

const words = Array.from({ length: 150 }, (_, index) => `w${index} `)

describe('a PostgreSQL that crashes in the middle of an answer', () => {
  let postgres: PostgresServer
  let model: ModelServer
  let place: DatabasePlace
  let app: TestApp
  let path: string
  beforeEach(async () => {
    // What is not yet written out stays that way: nothing is saved by chance.
    postgres = await startPostgres({ settings: ['wal_writer_delay=10s', 'wal_writer_flush_after=1GB'] })
    model = await startModelServer()
    place = {
      engine: 'postgres',
      dataDir: '.',
      databaseUrl: `${postgres.url}/postgres`,
      [Symbol.asyncDispose]: async () => undefined,
    }
    app = await startTestApp({
      place,
      env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test', QUORY_LOG_LEVEL: 'silent' },
    })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    path = `/v1/projects/${project}/chats/${chat}`
  })
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
    await postgres.stop()
  })

  /** Reads a stream as it comes, so that a test can see how far its reader is. */
  async function follow(after = 0) {
    const response = await fetch(`${app.url}${path}/stream`, {
      headers: { authorization: `Bearer ${app.adminKey}`, 'last-event-id': `${after}` },
    })
    let text = ''
    const done = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
    })()
    return { events: () => parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2)), done }
  }

  const textOf = (events: readonly StreamEvent[]) =>
    events
      .filter(({ event }) => event === 'message_chunk')
      .map(({ data }) => data.content_chunk)
      .join('')

  async function readLog(): Promise<StreamEvent['data'][]> {
    const client = new pg.Client({ connectionString: `${postgres.url}/postgres` })
    await client.connect()
    const { rows } = await client.query('select number::int, event::json from answer_events order by number')
    await client.end()
    return rows
  }

  it('loses nothing that was shown, stores nothing twice, and the answer goes on', async () => {
    model.script([{ text: words, tokenDelayMs: 20 }])
    const { metadata } = (await app.call('POST', `${path}/messages`, { content: 'hi' })).body
    const reader = await follow()
    for (const share of [0.1, 0.4, 0.7]) {
      await until(
        async () => textOf(reader.events()).length,
        (length) => length > share * words.join('').length,
      )
      await postgres.crash()
      const shown = reader.events()
      await postgres.restart()
      const kept = await readLog()
      expect(kept.slice(0, shown.length).map(({ number }) => number)).toEqual(shown.map(({ id }) => id))
      const keptText = kept.map(({ event }) => (event.type === 'text-delta' ? event.text : '')).join('')
      expect(keptText.startsWith(textOf(shown))).toBe(true)
    }
    await reader.done
    const events = reader.events()
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    expect(textOf(events)).toBe(words.join(''))
    const reply = (await app.call('GET', `${path}/messages/${metadata.assistant_message_id}`)).body
    expect(reply).toMatchObject({ status: 'completed', content: words.join('') })
    expect((await readLog()).map(({ number }) => number)).toEqual(events.map(({ id }) => id))
    expect(model.requests).toHaveLength(1)
  })

  it('keeps an answer that came to its end meanwhile, and tells its readers', async () => {
    model.script([{ text: words.slice(0, 40), tokenDelayMs: 20 }])
    const { metadata } = (await app.call('POST', `${path}/messages`, { content: 'hi' })).body
    const reader = await follow()
    await until(
      async () => textOf(reader.events()),
      (text) => text.includes('w2 '),
    )
    await postgres.crash()
    expect(await model.requests[0]?.closed).toBe('finished')
    await postgres.restart()
    await reader.done
    expect(textOf(reader.events())).toBe(words.slice(0, 40).join(''))
    expect(reader.events().at(-1)?.data.status).toBe('completed')
    const reply = (await app.call('GET', `${path}/messages/${metadata.assistant_message_id}`)).body
    expect(reply).toMatchObject({ status: 'completed', content: words.slice(0, 40).join('') })
    expect(model.requests).toHaveLength(1)
  })

  it('answers every request meanwhile, soon, with an error that says so', async () => {
    const brain = '/brains'
    await postgres.crash()
    const startedAt = performance.now()
    const requests: [string, string, unknown?][] = [
      ['GET', path],
      ['GET', `${path}/messages`],
      ['GET', `${path}/stream`],
      ['POST', `${path}/messages`, { content: 'hi' }],
      ['DELETE', path],
      ['GET', brain],
      ['GET', '/chat'],
      ['GET', '/ready'],
    ]
    const answers = await Promise.all(requests.map(([method, url, body]) => app.call(method, url, body)))
    for (const [index, { status, body, headers }] of answers.entries()) {
      expect([requests[index]?.[1], status, body.code]).toEqual([requests[index]?.[1], 503, 'storage_unavailable'])
      expect(typeof body.detail).toBe('string')
      expect(headers.get('retry-after')).toBe('5')
    }
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect((await app.call('GET', '/health')).status).toBe(200)
    await postgres.restart()
    await until(
      () => app.call('GET', '/ready'),
      ({ status }) => status === 200,
    )
    expect((await app.call('GET', path)).status).toBe(200)
  })
})
