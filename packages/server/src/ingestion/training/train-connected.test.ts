import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines } from '../../../test/support/databases.ts'
import { until } from '../../../test/support/start-test-app.ts'
import { openSyncedSource } from '../../../test/support/synced-source.ts'
import { type Engine, now } from '../../database/database.ts'
import { ConnectorFailure } from '../connectors/connector.ts'
import { startTraining } from './manage-training.ts'
import { trainingKind } from './training.ts'
import { findTraining } from './training-store.ts'

async function open(engine: Engine) {
  const opened = await openSyncedSource(engine)
  const { db, owner, ref } = opened
  const { projectId, sourceId } = ref
  const train = async () => {
    const wanted = { projectId, dataSourceIds: [sourceId], description: null }
    const { id: trainingId } = await startTraining(opened, owner, wanted)
    const find = () => {
      // Another attempt is begun when it is due, rather than when a worker looks.
      opened.wakeUp.notify('job-queued', trainingKind)
      return findTraining(db.query, { projectId, trainingId })
    }
    return await until(find, (training) => training?.status === 'completed' || training?.status === 'failed')
  }
  return { ...opened, train }
}

describe.each(engines)('a training of a connected source on %s', { timeout: 60_000 }, (engine) => {
  it('that is given up leaves the sync to itself, which goes on', async () => {
    await using opened = await open(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.failListing = () => new TypeError('a fault of the connector')
    await using worker = opened.startWorker()
    const training = await opened.train()
    expect(training).toMatchObject({ status: 'failed', error: expect.stringContaining('failed three times') })
    const sync = await opened.state()
    expect(sync).toMatchObject({ state: 'running', stalls: 1, error: expect.stringContaining('failed three times') })
    const job = await opened.db.query
      .selectFrom('jobs')
      .select(['id', 'kind', 'state'])
      .where('id', '=', sync?.job_id ?? null)
      .executeTakeFirst()
    expect(job).toMatchObject({ kind: 'sync-source', state: 'queued' })
    remote.failListing = undefined
    await sql`update jobs set not_before = null, run_after = ${now()} where state = 'queued'`.execute(opened.db.query)
    await worker.idle()
    expect(await opened.state()).toMatchObject({ state: 'completed', number: 1, error: null })
    expect(await opened.source()).toMatchObject({ status: 'connected', items_done: 1 })
  })

  it('has failed when no file could be read, and says why', async () => {
    await using opened = await open(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.failFetching = () => new ConnectorFailure('The server answered 403.')
    await using _worker = opened.startWorker()
    const training = await opened.train()
    expect(training).toMatchObject({
      status: 'failed',
      failures: ['"Code": The server answered 403.'],
      progress: { message: '0 of 1 data sources read, but for 1 file' },
    })
    expect(await opened.source()).toMatchObject({ status: 'error', error: 'The server answered 403.' })
  })

  it('is complete when some files could not be read, which stand in its report', async () => {
    await using opened = await open(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.put('b.txt', 'The zebra runs.', 'v1')
    remote.failFetching = (key) => (key === 'b.txt' ? new ConnectorFailure('The server answered 403.') : undefined)
    await using _worker = opened.startWorker()
    expect(await opened.train()).toMatchObject({
      status: 'completed',
      report: { documents: 1, skipped_count: 1, skipped: [{ name: 'b.txt', reason: 'The server answered 403.' }] },
    })
  })

  it('has failed while files wait for another attempt, which stand in its report', async () => {
    await using opened = await open(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.put('b.txt', 'The zebra runs.', 'v1')
    remote.failFetching = (key) =>
      key === 'b.txt' ? new ConnectorFailure('The server answered 502.', { isPassing: true }) : undefined
    await using _worker = opened.startWorker()
    expect(await opened.train()).toMatchObject({
      status: 'failed',
      failures: ['"Code": 1 file could not be fetched yet; the sync goes on by itself.'],
      report: { documents: 1, skipped_count: 1, skipped: [{ name: 'b.txt', reason: 'The server answered 502.' }] },
    })
    expect(await opened.state()).toMatchObject({ state: 'running', waiting_until: expect.any(String) })
  })
})
