import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { claimAnswers } from '../src/answers/queue/claim-store.ts'
import { inTransaction } from '../src/database/database.ts'
import { openPostgres } from '../src/database/postgres.ts'
import { claimJobs } from '../src/jobs/claim-store.ts'
import { enqueueJob, renewJobLeases } from '../src/jobs/job-store.ts'
import { createTestDatabase, openTestDatabase } from './support/databases.ts'
import { openStream } from './support/event-streams.ts'
import { startModelServer } from './support/model-server.ts'
import { aProject } from './support/projects.ts'
import { startServerProcess } from './support/server-process.ts'
import { parseEvents, startTestApp, until } from './support/start-test-app.ts'
import { storeWaitingAnswers } from './support/waiting-answers.ts'

const hourMs = 3_600_000
const preload = join(import.meta.dirname, 'support/shift-clock.mjs')

describe.each([
  ['ahead', hourMs],
  ['behind', -hourMs],
])('a node whose clock is an hour %s', (_, shiftMs) => {
  it('takes no answer from the others, and loses none to them', async () => {
    await using place = await createTestDatabase('postgres')
    await using model = await startModelServer()
    const ends: (() => void)[] = []
    async function* wordThenWait() {
      yield 'First'
      await new Promise<void>((resolve) => ends.push(resolve))
      yield ' last.'
    }
    model.script((body) =>
      String(body.messages.at(-1)?.content).startsWith('long') ? { text: wordThenWait() } : 'Short.',
    )
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
    await using right = await startTestApp({ place, env })
    await using wrong = await startServerProcess(
      {
        ...env,
        QUORY_DATA_DIR: place.dataDir,
        DATABASE_URL: place.databaseUrl ?? '',
        CLOCK_SHIFT_MS: String(shiftMs),
      },
      { flags: ['--import', preload] },
    )
    const project = (await right.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const ask = async ({ call }: Pick<typeof wrong, 'call'>, content: string) => {
      const chat = (await call('POST', `/v1/projects/${project}/chats`, { name: content })).body
      expect(Math.abs(Date.parse(chat.created_at) - Date.now()) > hourMs / 2).toBe(call === wrong.call)
      const path = `/v1/projects/${project}/chats/${chat.id}`
      await call('POST', `${path}/messages`, { content })
      const stream = await openStream(right, `${path}/stream`)
      return { path, stream }
    }
    await using db = openPostgres(place.databaseUrl ?? '')
    const owners = async () =>
      new Set((await db.query.selectFrom('answers').select('lease_owner').execute()).map((row) => row.lease_owner))
    const long: Awaited<ReturnType<typeof ask>>[] = []
    // Until each node runs one: either may take what the other was asked.
    while ((await owners()).size < 2 && long.length < 20) {
      long.push(await ask(long.length % 2 === 0 ? right : wrong, `long ${long.length}`))
      await until(
        async () => ends.length,
        (count) => count === long.length,
      )
    }
    expect((await owners()).size).toBe(2)
    // Each node looks for work every two seconds, and when it is asked for some.
    const deadline = performance.now() + 5_000
    while (performance.now() < deadline) {
      for (const node of [right, wrong]) {
        const { stream } = await ask(node, 'short')
        expect(parseEvents(await stream.ended).at(-1)).toMatchObject({ data: { status: 'completed' } })
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    for (const end of ends) end()
    for (const { stream } of long) {
      const events = parseEvents(await stream.ended)
      expect(events.map(({ event }) => event)).not.toContain('message_restart')
      expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    }
    expect(ends).toHaveLength(long.length)
  })
})

describe('leases on PostgreSQL', () => {
  afterEach(() => void vi.useRealTimers())
  const inAnHour = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hourMs })

  it('of answers are judged by the database’s clock', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId, owner } = await aProject(db)
    await storeWaitingAnswers(db, { projectId, ownerId: owner.userId, chats: 1 })
    const claim = (node: string) => claimAnswers(db, { node, limit: 1, ownerLimit: 1, served: [] })
    expect(await claim('right')).toHaveLength(1)
    inAnHour()
    expect(await claim('ahead')).toEqual([])
  })

  it('of jobs are, too, and a job that a fast clock took is due at once', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId } = await aProject(db)
    const claim = (node: string) => claimJobs(db, { node, kinds: ['count'], limit: 5 })
    inAnHour()
    await inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'count', payload: {} }))
    vi.useRealTimers()
    const [job] = await claim('right')
    if (job === undefined) throw new Error('nothing claimed')
    inAnHour()
    expect(await claim('ahead')).toEqual([])
    expect([...(await renewJobLeases(db, 'right', [job.id]))]).toEqual([job.id])
  })
})
