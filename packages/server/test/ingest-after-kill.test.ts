import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPostgres } from '../src/database/postgres.ts'
import { createTestDatabase, type DatabasePlace, engines, settingsOf } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { programs } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

const key = 'qk_test_0123456789abcdefghijklmnopqrstuvwxyz'

interface Server {
  readonly child: ChildProcess
  call(method: string, path: string, body?: unknown): ReturnType<typeof fetch>
}

async function startServer(place: DatabasePlace): Promise<Server> {
  const child = spawn(process.execPath, [programs.built, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PORT: '0',
      QUORY_API_KEY: key,
      ...settingsOf(place),
    },
  })
  let text = ''
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk)
    if (text.includes('Quory is ready at')) break
  }
  const url = /Quory is ready at (\S+)/.exec(text)?.[1] ?? ''
  return {
    child,
    call: (method, path, body) => {
      const isForm = body instanceof FormData
      return fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      })
    },
  }
}

async function kill(server: Server): Promise<void> {
  const gone = once(server.child, 'exit')
  server.child.kill('SIGKILL')
  await gone
}

/** On PostgreSQL another node takes over when the lease has run out; the test does not wait for it. */
async function endLeasesNow({ databaseUrl }: DatabasePlace): Promise<void> {
  if (databaseUrl === undefined) return
  await using db = openPostgres(databaseUrl)
  await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
}

describe.each(engines)('a server killed on %s', (engine) => {
  it('goes on with the files it was reading and the training it was running', async () => {
    await using place = await createTestDatabase(engine)
    let server = await startServer(place)
    try {
      const project = await (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).json()
      const path = `/v1/projects/${Object(project).id}`
      const rows = Array.from({ length: 20_000 }, (_, i) => `city ${i},${i * 7}`)
      const form = aForm(['f', aFile(`name,size\n${rows.join('\n')}\n`), 'big.csv'])
      const { data_sources: sources } = Object(
        await (await server.call('POST', `${path}/data-sources/upload`, form)).json(),
      )
      const source = `${path}/data-sources/${sources[0].id}`
      const training = Object(
        await (await server.call('POST', `${path}/training`, { data_source_ids: [sources[0].id] })).json(),
      )
      const read = async (url: string) => Object(await (await server.call('GET', url)).json())
      await until(
        () => read(`${path}/training/${training.id}`),
        ({ status }) => status === 'in_progress',
      )
      expect((await read(source)).status).toBe('syncing')
      await kill(server)
      await endLeasesNow(place)
      server = await startServer(place)
      const ended = await until(
        () => read(`${path}/training/${training.id}`),
        ({ status }) => status === 'completed' || status === 'failed',
        60_000,
      )
      expect(ended).toMatchObject({ status: 'completed', progress: { percent_complete: 100 } })
      const connected = await until(
        () => read(source),
        ({ status }) => status !== 'syncing',
        60_000,
      )
      expect(connected).toMatchObject({ status: 'connected', error: null, documents: [{ name: 'big.csv' }] })
      expect(connected.documents).toHaveLength(1)
      const found = await (await server.call('POST', `${path}/search`, { query: 'city 777' })).json()
      expect(Object(found).passages.length).toBeGreaterThan(0)
      if (engine === 'sqlite') {
        await until(
          async () => readdirSync(join(place.dataDir, 'tmp')),
          (left) => left.length === 0,
        )
      }
    } finally {
      await kill(server)
    }
  }, 120_000)
})
