import { hostname } from 'node:os'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { NodeReport } from '../src/cluster/node.ts'
import { NodeRegistry } from '../src/cluster/node-registry.ts'
import { listNodes, removeNode, removeOldNodes, reportNode } from '../src/cluster/node-store.ts'
import { migrate } from '../src/database/migrate.ts'
import { openPostgres } from '../src/database/postgres.ts'
import { openSqlite } from '../src/database/sqlite.ts'
import { version } from '../src/version.ts'
import { createTestDatabase, engines, openTestDatabase } from './support/databases.ts'
import { startModelServer } from './support/model-server.ts'
import { startTestApp, until } from './support/start-test-app.ts'

const load = { answersRunning: 1, jobsRunning: 0, openStreams: 2, eventLoopDelayMs: 21, memoryBytes: 90_000_000 }

describe.each(engines)('the list of nodes on %s', (engine) => {
  it('shows a node with its version, address and load to administrators alone', async () => {
    await using app = await startTestApp({ engine })
    const { status, body } = await app.call('GET', '/v1/admin/nodes')
    expect(status).toBe(200)
    expect(body).toEqual({
      nodes: [
        {
          name: expect.stringMatching(/-\d+-[0-9a-f]{8}$/),
          version,
          roles: ['http', 'worker'],
          url: app.url,
          state: 'live',
          started_at: expect.stringMatching(/^\d{4}-.*Z$/),
          seen_at: expect.stringMatching(/^\d{4}-.*Z$/),
          load: {
            answers_running: 0,
            jobs_running: 0,
            open_streams: 0,
            event_loop_delay_ms: expect.any(Number),
            memory_bytes: expect.any(Number),
          },
        },
      ],
      queue: { waiting: 0, running: 0 },
    })
    expect(body.nodes[0].load.memory_bytes).toBeGreaterThan(30_000_000)
    const { id } = (await app.call('GET', '/v1/me')).body
    const key = (await app.call('POST', `/v1/users/${id}/api-keys`, { scope: 'chat' })).body.key
    expect((await app.as(key)('GET', '/v1/admin/nodes')).status).toBe(403)
    expect((await app.as(undefined)('GET', '/v1/admin/nodes')).status).toBe(401)
  })

  it('says what a node is busy with', async () => {
    await using model = await startModelServer()
    const words = Array.from({ length: 2_000 }, (_, index) => `w${index} `)
    model.script([{ text: words, tokenDelayMs: 20 }])
    await using app = await startTestApp({ engine, env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' } })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    const path = `/v1/projects/${project}/chats/${chat}`
    await app.call('POST', `${path}/messages`, { content: 'hi' })
    await app.call('POST', `${path}/messages`, { content: 'and then?' })
    const reading = new AbortController()
    const headers = { authorization: `Bearer ${app.adminKey}` }
    const stream = await fetch(`${app.url}${path}/stream`, { headers, signal: reading.signal })
    const { body } = await until(
      () => app.call('GET', '/v1/admin/nodes'),
      ({ body }) => body.nodes[0].load.answers_running === 1 && body.nodes[0].load.open_streams === 1,
      20_000,
    )
    expect(body.queue).toEqual({ waiting: 1, running: 1 })
    reading.abort()
    await stream.text().catch(() => undefined)
  })

  it('shows one that says nothing as such, and forgets it after an hour', async () => {
    await using db = await openTestDatabase(engine)
    const ages = { live: 3_000, silent: 60_000, old: 2 * 3_600_000 }
    for (const [name, ageMs] of Object.entries(ages)) {
      await reportNode(db, { name, version: '1.2.3', roles: ['worker'] }, { url: null, load })
      const seen_at = new Date(Date.now() - ageMs).toISOString()
      await db.query.updateTable('nodes').set({ seen_at }).where('name', '=', name).execute()
    }
    await removeOldNodes(db)
    const byName = (nodes: NodeReport[]) => Object.fromEntries(nodes.map((node) => [node.name, node]))
    const nodes = byName(await listNodes(db))
    expect(Object.keys(nodes).sort()).toEqual(['live', 'silent'])
    expect(nodes['live']).toMatchObject({ isLive: true, version: '1.2.3', roles: ['worker'], url: null, load })
    expect(nodes['silent']?.isLive).toBe(false)
    await reportNode(db, { name: 'silent', version: '1.2.3', roles: ['worker'] }, { url: 'http://here', load })
    expect(byName(await listNodes(db))['silent']).toMatchObject({ isLive: true, url: 'http://here' })
  })
})

describe('nodes of a cluster', () => {
  it('are warned in the log when one that lives has another version', async () => {
    await using db = await openTestDatabase('postgres')
    await reportNode(db, { name: 'newer', version: '9.9.9', roles: ['worker'] }, { url: null, load })
    await reportNode(db, { name: 'same', version, roles: ['worker'] }, { url: null, load })
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
    const measure = () => ({ answersRunning: 0, jobsRunning: 0, openStreams: 0 })
    const open = (name: string, its: string) =>
      NodeRegistry.open({ db, logger, name, version: its, roles: ['http'], measure })
    {
      await using _older = await open('older', version)
      expect(lines).toHaveLength(1)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ version, others: ['9.9.9'] })
    }
    await removeNode(db.query, 'newer')
    await using _alone = await open('alone', version)
    expect(lines).toHaveLength(1)
  })

  it('say by what name they can be reached when they listen on all addresses', async () => {
    await using app = await startTestApp({ env: { HOST: '0.0.0.0' } })
    const { nodes } = (await app.call('GET', '/v1/admin/nodes')).body
    expect(nodes[0].url).toBe(app.url.replace('0.0.0.0', hostname()))
  })

  it('see each other on every node, and are gone once they stopped in order', async () => {
    await using place = await createTestDatabase('postgres')
    await using one = await startTestApp({ place })
    {
      await using two = await startTestApp({ place })
      for (const app of [one, two]) {
        const { nodes } = (await app.call('GET', '/v1/admin/nodes')).body
        expect(nodes.map(({ url }: { url: string }) => url)).toEqual([one.url, two.url])
      }
    }
    const { nodes } = (await one.call('GET', '/v1/admin/nodes')).body
    expect(nodes.map(({ url }: { url: string }) => url)).toEqual([one.url])
  })

  it('come back into the list when their entry was removed while they were away', async () => {
    await using place = await createTestDatabase('postgres')
    await using app = await startTestApp({ place })
    {
      await using db = openPostgres(place.databaseUrl ?? '')
      await db.query.deleteFrom('nodes').execute()
    }
    const { nodes } = (
      await until(
        () => app.call('GET', '/v1/admin/nodes'),
        ({ body }) => body.nodes.length === 1,
        20_000,
      )
    ).body
    expect(nodes[0].url).toBe(app.url)
  })
})

it('one node is listed on SQLite, also after a kill left its entry behind', async () => {
  await using place = await createTestDatabase('sqlite')
  {
    await using db = openSqlite(place.dataDir)
    await migrate(db)
    await reportNode(db, { name: 'killed', version, roles: ['http', 'worker'] }, { url: 'http://there', load })
  }
  await using app = await startTestApp({ place })
  const { nodes } = (await app.call('GET', '/v1/admin/nodes')).body
  expect(nodes.map(({ url }: { url: string }) => url)).toEqual([app.url])
})
