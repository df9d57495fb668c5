import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../src/database/database.ts'
import { openPostgres } from '../src/database/postgres.ts'
import { createPostgresWakeUp } from '../src/database/postgres-wake-up.ts'
import { createLogger } from '../src/logger.ts'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp, type TestApp, until } from './support/start-test-app.ts'
import { startTransactionPooler, type TransactionPooler } from './support/transaction-pooler.ts'

const words = Array.from({ length: 150 }, (_, index) => `w${index} `)

describe('a pooler in transaction mode', () => {
  let place: DatabasePlace
  let pooler: TransactionPooler
  beforeEach(async () => {
    place = await createTestDatabase('postgres')
    pooler = await startTransactionPooler(place.databaseUrl ?? '')
  })
  afterEach(async () => {
    await pooler[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('is never asked to run a statement that another session prepared', async () => {
    await using one = openPostgres(pooler.url)
    await using two = openPostgres(pooler.url)
    const ask = (db: typeof one, id: number) =>
      inTransaction(db, async (tx) => {
        const { rows } = await sql<{ id: number }>`select ${id}::bigint as id`.execute(tx)
        await sql`select pg_sleep(0.002)`.execute(tx)
        return rows[0]?.id
      })
    const other = (db: typeof one, id: number) =>
      sql<{ id: number }>`select ${id}::bigint * 100 as id`.execute(db.query)
    const numbers = Array.from({ length: 60 }, (_, index) => index)
    // Two nodes number their statements alike: what the one prepared first is not what the other did.
    await Promise.all([ask(one, 1), other(two, 1)])
    const asked = await Promise.all(
      numbers.flatMap((id) => [ask(one, id), ask(two, id), other(one, id).then(({ rows }) => rows[0]?.id)]),
    )
    expect(asked).toEqual(numbers.flatMap((id) => [id, id, id * 100]))
  })

  it('leaves nothing of ours in the sessions it lends to others', async () => {
    await using db = openPostgres(pooler.url)
    await Promise.all(Array.from({ length: 6 }, () => sql`select pg_sleep(0.02)`.execute(db.query)))
    const { rows } = await sql<{ value: string }>`
      select current_setting('idle_in_transaction_session_timeout') as value`.execute(db.query)
    expect(rows).toEqual([{ value: '0' }])
  })

  it('is known to swallow wake-ups, so that nodes ask the database instead', async () => {
    await using db = openPostgres(pooler.url)
    await using direct = openPostgres(place.databaseUrl ?? '')
    const logger = createLogger('silent')
    await using behind = createPostgresWakeUp({ url: pooler.url, db, node: 'behind', logger })
    await using before = createPostgresWakeUp({
      url: place.databaseUrl ?? '',
      db: direct,
      node: 'before',
      logger,
    })
    await until(
      async () => before.isConnected,
      (isConnected) => isConnected,
    )
    // Whoever does hear is still told by those that do not.
    const heard = new Promise<string>((resolve) => before.listen('job-queued', resolve))
    behind.notify('job-queued', 'one')
    expect(await heard).toBe('one')
    for (let look = 0; look < 10; look++) {
      expect(behind.isConnected).toBe(false)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })

  it('may be gone around for wake-ups alone', async () => {
    await using model = await startModelServer()
    model.script([{ text: words.slice(0, 40), tokenDelayMs: 10 }])
    const behind: DatabasePlace = { ...place, databaseUrl: pooler.url }
    const env = {
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-test',
      DATABASE_LISTEN_URL: place.databaseUrl ?? '',
    }
    await using one = await startTestApp({ place: behind, env })
    await using two = await startTestApp({ place: behind, env })
    await using direct = openPostgres(place.databaseUrl ?? '')
    const { rows } = await until(
      () =>
        sql<{ query: string }>`
        select query from pg_stat_activity where application_name = 'quory wake-up'
          and datname = current_database()`.execute(direct.query),
      // Each proved first that it hears.
      ({ rows }) => rows.length === 2 && rows.every(({ query }) => query === 'listen quory'),
    )
    expect(rows).toHaveLength(2)
    const { id } = (await one.call('GET', '/v1/me')).body
    expect((await two.call('GET', '/v1/me')).body.id).toBe(id)
  })

  describe('between two nodes and their database', () => {
    let model: ModelServer
    let nodes: [TestApp, TestApp]
    let path: string
    beforeEach(async () => {
      model = await startModelServer()
      const behind: DatabasePlace = { ...place, databaseUrl: pooler.url }
      const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
      nodes = await Promise.all([startTestApp({ place: behind, env }), startTestApp({ place: behind, env })])
      const project = (await nodes[0].call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
      const chat = (await nodes[0].call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
      path = `/v1/projects/${project}/chats/${chat}`
    })
    afterEach(async () => {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
      await model[Symbol.asyncDispose]()
    })

    it('shows a question of the one and its answer to the readers of both', async () => {
      model.script([{ text: words.slice(0, 40), tokenDelayMs: 10 }])
      await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })
      const [one, two] = await Promise.all(nodes.map((node) => node.call('GET', `${path}/stream`)))
      const events = parseEvents(one?.text ?? '')
      expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
      expect(parseEvents(two?.text ?? '')).toEqual(events)
      expect(model.requests).toHaveLength(1)
    })

    it('lets a cancellation through from either, and keeps the text', async () => {
      model.script([{ text: words, tokenDelayMs: 50 }])
      const { metadata } = (await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })).body
      const reply = `${path}/messages/${metadata.assistant_message_id}`
      await until(
        () => nodes[1].call('GET', reply),
        ({ body }) => body.content !== '',
      )
      const cancelled = await Promise.all(nodes.map((node) => node.call('POST', `${reply}/cancel`)))
      for (const { body } of cancelled) {
        expect(body).toMatchObject({ status: 'cancelled', content: expect.stringMatching(/^w0/) })
      }
      expect(await model.requests[0]?.closed).toBe('aborted')
    })

    it('lets the one find what the other gave back, by asking', async () => {
      model.script((_, index) => (index === 0 ? { text: words, tokenDelayMs: 50 } : 'Whole.'))
      const { metadata } = (await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })).body
      const reply = `${path}/messages/${metadata.assistant_message_id}`
      const { nodes: listed } = (
        await until(
          () => nodes[0].call('GET', '/v1/admin/nodes'),
          ({ body }) =>
            body.nodes.some(({ load }: { load: { answers_running: number } }) => load.answers_running === 1),
          20_000,
        )
      ).body
      const runner = listed.find(({ load }: { load: { answers_running: number } }) => load.answers_running === 1).url
      const [running, other] = nodes[0].url === runner ? nodes : [nodes[1], nodes[0]]
      const reading = other.call('GET', `${path}/stream`)
      await running.app[Symbol.asyncDispose]()
      const stoppedAt = performance.now()
      const events = parseEvents((await reading).text)
      expect(performance.now() - stoppedAt).toBeLessThan(8_000)
      expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
      expect((await other.call('GET', reply)).body.content).toBe('Whole.')
    })
  })
})
