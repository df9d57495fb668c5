import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aProject } from '../../test/support/projects.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import { createProcessWakeUp, type WakeUp } from '../database/wake-up.ts'
import type { JobId, ProjectId } from '../ids.ts'
import { createLogger } from '../logger.ts'
import { claimJobs } from './claim-store.ts'
import type { JobHandler } from './job.ts'
import { enqueueJob, withdrawJobs } from './job-store.ts'
import { JobWorker } from './job-worker.ts'

const logger = createLogger('silent')
const nothing = async () => undefined

function startWorker(db: Database, wakeUp: WakeUp, handler: Partial<JobHandler>, { node = 'a', concurrency = 2 } = {}) {
  const handlers = { count: { run: async () => nothing, giveUp: nothing, ...handler } }
  return new JobWorker({ db, wakeUp, node, logger, concurrency, handlers })
}

function enqueue(db: Database, projectId: ProjectId, item = 'x'): Promise<JobId> {
  return inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'count', payload: { item } }))
}

async function readJob(db: Database, id: JobId) {
  return await db.query
    .selectFrom('jobs')
    .select(['state', 'attempt', 'error', 'lease_owner'])
    .where('id', '=', id)
    .executeTakeFirst()
}

describe.each(engines)('jobs on %s', (engine) => {
  it('run after the commit that caused them, and never when it was rolled back', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    const seen: unknown[] = []
    await using worker = startWorker(db, wakeUp, {
      run: async (job) => {
        seen.push(job.payload)
        return nothing
      },
    })
    const rolledBack = inTransaction(db, async (tx) => {
      await enqueueJob(tx, { projectId, kind: 'count', payload: { item: 'lost' } })
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    const id = await enqueue(db, projectId, 'kept')
    wakeUp.notify('job-queued', 'count')
    await worker.idle()
    expect(seen).toEqual([{ item: 'kept' }])
    expect(await readJob(db, id)).toMatchObject({ state: 'completed', attempt: 1, error: null, lease_owner: null })
  })

  it('run at most as many at once as allowed, each once, however many nodes ask', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    let running = 0
    let most = 0
    const runs: string[] = []
    const run: JobHandler['run'] = async (job) => {
      running += 1
      most = Math.max(most, running)
      await db.query.selectFrom('jobs').select('id').execute()
      running -= 1
      runs.push(job.payload['item'] ?? '')
      return nothing
    }
    for (let i = 0; i < 20; i++) await enqueue(db, projectId, String(i))
    // SQLite has one process; PostgreSQL as many as come.
    const nodes = engine === 'sqlite' ? ['a'] : ['a', 'b', 'c']
    const workers = nodes.map((node) => startWorker(db, wakeUp, { run }, { node }))
    await workers[0]?.idle()
    for (const worker of workers) await worker[Symbol.asyncDispose]()
    expect(runs.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
    expect(most).toBeLessThanOrEqual(2 * nodes.length)
  })

  it('are tried three times and then given up with the reason, in one transaction', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    const attempts: number[] = []
    const given: unknown[] = []
    await using worker = startWorker(db, wakeUp, {
      run: async (job) => {
        attempts.push(job.attempt)
        throw new Error('the disk is full')
      },
      giveUp: async (tx, job, reason) => {
        given.push(reason)
        await tx.updateTable('projects').set({ description: reason }).where('id', '=', job.projectId).execute()
      },
    })
    const id = await enqueue(db, projectId)
    // Not a wait for retries: each is made due at once.
    while ((await readJob(db, id))?.state !== 'failed') {
      await db.query.updateTable('jobs').set({ run_after: now() }).where('state', '=', 'queued').execute()
      wakeUp.notify('job-queued', 'count')
      await new Promise(setImmediate)
    }
    expect(attempts).toEqual([1, 2, 3])
    expect(given).toEqual(['failed'])
    expect((await readJob(db, id))?.error).toContain('the disk is full')
    const project = await db.query.selectFrom('projects').select('description').executeTakeFirst()
    expect(project?.description).toBe('failed')
    await worker.idle()
  })

  it('of a node that died go on elsewhere, and are given up after the third death', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    const survivor = await enqueue(db, projectId, 'survivor')
    const deadly = await enqueue(db, projectId, 'deadly')
    const options = { node: 'dead', kinds: ['count'], limit: 2 }
    const die = async () => {
      await claimJobs(db, options)
      await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
    }
    await die()
    await db.query.updateTable('jobs').set({ attempt: 3 }).where('id', '=', deadly).execute()
    const runs: [unknown, number][] = []
    const given: [unknown, string][] = []
    await using worker = startWorker(db, wakeUp, {
      run: async (job) => {
        runs.push([job.payload['item'], job.attempt])
        return nothing
      },
      giveUp: async (_tx, job, reason) => void given.push([job.payload['item'], reason]),
    })
    await worker.idle()
    expect(runs).toEqual([['survivor', 2]])
    expect(given).toEqual([['deadly', 'died']])
    expect(await readJob(db, survivor)).toMatchObject({ state: 'completed' })
    expect(await readJob(db, deadly)).toMatchObject({ state: 'failed' })
  })

  it('that a shutdown cut short are given back and the attempt does not count', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    const started = Promise.withResolvers<void>()
    const worker = startWorker(db, wakeUp, {
      run: (_job, signal) => {
        started.resolve()
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
      },
    })
    const id = await enqueue(db, projectId)
    wakeUp.notify('job-queued', 'count')
    await started.promise
    await worker[Symbol.asyncDispose]()
    expect(await readJob(db, id)).toEqual({ state: 'queued', attempt: 0, error: null, lease_owner: null })
  })

  it('that were withdrawn or taken over while they ran write nothing', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    await using wakeUp = createProcessWakeUp()
    let writes = 0
    const started = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    await using worker = startWorker(db, wakeUp, {
      run: async () => {
        started.resolve()
        await goOn.promise
        return async () => void writes++
      },
    })
    const id = await enqueue(db, projectId)
    wakeUp.notify('job-queued', 'count')
    await started.promise
    await inTransaction(db, (tx) => withdrawJobs(tx, { projectId, kind: 'count', payload: { item: 'x' } }))
    goOn.resolve()
    await worker.idle()
    await worker[Symbol.asyncDispose]()
    expect(writes).toBe(0)
    expect(await readJob(db, id)).toBeUndefined()
  })

  it('of a project that waits come before the next of a project that is busy', async () => {
    await using db = await openTestDatabase(engine)
    const [busy, patient] = [(await aProject(db)).projectId, (await aProject(db)).projectId]
    for (let i = 0; i < 3; i++) await enqueue(db, busy, `busy ${i}`)
    await enqueue(db, patient, 'patient')
    const claim = async () => (await claimJobs(db, { node: 'a', kinds: ['count'], limit: 1 }))[0]?.payload['item']
    expect([await claim(), await claim(), await claim(), await claim()]).toEqual([
      'busy 0',
      'patient',
      'busy 1',
      'busy 2',
    ])
  })

  it('of kinds a node does not know are left alone', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    const id = await inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'of-a-newer-node', payload: {} }))
    expect(await claimJobs(db, { node: 'a', kinds: ['count'], limit: 5 })).toEqual([])
    expect(await readJob(db, id)).toMatchObject({ state: 'queued', attempt: 0 })
  })
})
