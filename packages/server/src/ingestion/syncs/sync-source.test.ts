import { describe, expect, it } from 'vitest'
import { engines } from '../../../test/support/databases.ts'
import { until } from '../../../test/support/start-test-app.ts'
import { openSyncedSource } from '../../../test/support/synced-source.ts'
import { ConnectorFailure, FileSkipped } from '../connectors/connector.ts'
import { deleteSource } from '../delete-source.ts'
import { cancelSync, pauseSync, resumeSync } from './manage-sync.ts'

// Each file is read in a process of its own, which takes its time on a busy machine.
describe.each(engines)('syncing a source on %s', { timeout: 90_000 }, (engine) => {
  it('reads everything it lists the first time, and says how far it came', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    for (let i = 0; i < 12; i++) remote.put(`notes/${i}.txt`, `The lion number ${i} sleeps in the shade.`, 'v1')
    await opened.sync()
    expect(await opened.search('lion')).toHaveLength(10)
    expect(await opened.source()).toMatchObject({ status: 'connected', error: null, items_done: 12, items_total: 12 })
    const sync = await opened.state()
    expect(sync).toMatchObject({ state: 'completed', mode: 'full', number: 1, cursor: 'start', job_id: null })
    expect(JSON.parse(sync?.progress ?? '')).toMatchObject({
      listed: { files: 12 },
      fetched: { files: 12 },
      parsed: { files: 12 },
      indexed: { files: 12 },
      skipped: 0,
      failed: 0,
    })
    expect((await opened.list())['notes/3.txt']).toMatchObject({ status: 'indexed', version: 'v1', name: '3.txt' })
  })

  it('fetches the second time only what has another version, and takes what is gone', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.put('b.txt', 'The zebra runs.', 'v1')
    remote.put('c.txt', 'The heron waits.', 'v1')
    await opened.sync()
    remote.fetched.length = 0
    remote.put('b.txt', 'The giraffe runs.', 'v2')
    remote.files.delete('c.txt')
    remote.put('d.txt', 'The otter swims.', 'v1')
    await opened.sync()
    expect(remote.fetched.toSorted()).toEqual(['b.txt', 'd.txt'])
    expect((await opened.documents()).map(({ name }) => name)).toEqual(['a.txt', 'b.txt', 'd.txt'])
    expect(await opened.search('zebra heron')).toEqual([])
    expect(await opened.search('giraffe')).toEqual(['b.txt'])
    expect(Object.keys(await opened.list())).toHaveLength(3)
    expect(await opened.source()).toMatchObject({ items_done: 3, items_total: 3 })
  })

  it('goes on from the cursor, with only what changed since', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.put('b.txt', 'The zebra runs.', 'v1')
    await opened.sync()
    remote.put('c.txt', 'The heron waits.', 'v1')
    remote.changes = [
      { type: 'file', file: remote.listed('c.txt') },
      { type: 'removed', key: 'a.txt' },
      { type: 'removed', key: 'never-there.txt' },
    ]
    await opened.sync()
    expect(remote.listings).toEqual([null, 'start'])
    expect((await opened.documents()).map(({ name }) => name)).toEqual(['b.txt', 'c.txt'])
    expect(await opened.state()).toMatchObject({ mode: 'incremental', cursor: 'start+', number: 2 })
  })

  it('tries again what could not be fetched, although it did not change since', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    remote.put('b.txt', 'The zebra runs.', 'v1')
    remote.failFetching = (key) => (key === 'b.txt' ? new ConnectorFailure('Not for you.') : undefined)
    await opened.sync()
    expect(await opened.list()).toMatchObject({ 'b.txt': { status: 'failed', reason: 'Not for you.' } })
    remote.failFetching = undefined
    remote.changes = []
    await opened.sync()
    expect(remote.fetched.toSorted()).toEqual(['a.txt', 'b.txt', 'b.txt'])
    expect(await opened.search('zebra')).toEqual(['b.txt'])
    await opened.sync()
    expect(remote.listings).toEqual([null, null, 'start'])
  })

  it('never reads the same bytes twice: not again, not under another name, not after a move', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.')
    remote.put('copy.txt', 'The lion sleeps.')
    await opened.sync()
    const [document, ...others] = await opened.documents()
    expect(others).toEqual([])
    expect(await opened.search('lion')).toHaveLength(1)
    // Without a version they are fetched again, and found to be the same.
    await opened.sync()
    expect(await opened.documents()).toEqual([document])
    remote.files.clear()
    remote.put('moved/a.txt', 'The lion sleeps.')
    await opened.sync()
    expect((await opened.documents()).map(({ id }) => id)).toEqual([document?.id])
    const { 'moved/a.txt': moved, ...rest } = await opened.list()
    expect(rest).toEqual({})
    expect(moved).toMatchObject({ document_id: document?.id, status: 'indexed' })
    expect((await opened.documents())[0]?.file_id).toBe(moved?.id)
    expect(await opened.source()).toMatchObject({ items_done: 1 })
  })

  it('lists each file that was left out or failed with its reason, and reads the others', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('good.txt', 'The lion sleeps.')
    remote.put('secret.txt', 'x')
    remote.put('broken.txt', 'x')
    remote.put('odd.txt', 'x')
    remote.put('damaged.pdf', '%PDF-1.7 and nothing else')
    remote.put('empty.txt', '')
    remote.put(`${'long/'.repeat(500)}name.txt`, 'x')
    remote.failFetching = (key) => {
      if (key === 'secret.txt') return new FileSkipped('The robots file disallows it.')
      if (key === 'broken.txt') return new ConnectorFailure('The server says 410.')
      return key === 'odd.txt' ? new TypeError('a fault of the connector') : undefined
    }
    await opened.sync()
    const files = Object.values(await opened.list()).map(({ name, status, reason }) => [name, status, reason])
    expect(Object.fromEntries(files.map(([name, ...rest]) => [name, rest]))).toEqual({
      'good.txt': ['indexed', null],
      'secret.txt': ['skipped', 'The robots file disallows it.'],
      'broken.txt': ['failed', 'The server says 410.'],
      'odd.txt': ['failed', expect.stringContaining('fault in the server')],
      'damaged.pdf': ['failed', expect.any(String)],
      'empty.txt': ['skipped', expect.any(String)],
      'name.txt': ['skipped', expect.stringContaining('longer than')],
    })
    expect(await opened.source()).toMatchObject({
      status: 'connected',
      error: '3 of 7 files could not be read; the list of files says why.',
    })
    // What failed is tried again by the next sync; what was left out is not, unless it may have changed.
    remote.failFetching = undefined
    await opened.sync()
    expect((await opened.list())['broken.txt']).toMatchObject({ status: 'indexed', reason: null })
  })

  it('waits as long as the source asks, and goes on with what is left', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    for (const name of ['a', 'b', 'c']) remote.put(`${name}.txt`, `The lion ${name} sleeps.`, 'v1')
    let refusals = 1
    remote.failFetching = (key) =>
      key === 'b.txt' && refusals-- > 0
        ? new ConnectorFailure('Too many requests.', { isPassing: true, retryAfterMs: 1_500 })
        : undefined
    await opened.start()
    await using worker = opened.startWorker()
    const waiting = await until(opened.state, (sync) => sync?.waiting_until !== null)
    expect(waiting).toMatchObject({ state: 'running', error: 'Too many requests.' })
    expect(Date.parse(waiting?.waiting_until ?? '') - Date.now()).toBeGreaterThan(500)
    await worker.idle()
    expect(await opened.state()).toMatchObject({ state: 'completed', error: null, waiting_until: null })
    expect(remote.fetched.filter((key) => key === 'b.txt')).toHaveLength(2)
    expect(await opened.documents()).toHaveLength(3)
  })

  it('that cannot be listed says why, and keeps what was read earlier', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    remote.put('a.txt', 'The lion sleeps.', 'v1')
    await opened.sync()
    remote.failListing = () => new ConnectorFailure('The access token is not valid any more.')
    await opened.sync()
    expect(await opened.state()).toMatchObject({ state: 'failed', error: 'The access token is not valid any more.' })
    expect(await opened.source()).toMatchObject({
      status: 'error',
      error: 'The access token is not valid any more. What was read earlier is still searched.',
    })
    expect(await opened.search('lion')).toEqual(['a.txt'])
  })

  it('can be paused, resumed and cancelled, each as often as you like', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote, owner, ref } = opened
    for (let i = 0; i < 6; i++) remote.put(`${i}.txt`, `The lion ${i} sleeps.`, 'v1')
    const gate = Promise.withResolvers<void>()
    remote.gate = gate.promise
    await opened.start()
    await using worker = opened.startWorker()
    await until(
      async () => remote.fetched.length,
      (count) => count > 0,
    )
    for (let i = 0; i < 2; i++) await pauseSync(opened, owner, ref)
    await worker.idle()
    expect(await opened.state()).toMatchObject({ state: 'paused', job_id: null })
    gate.resolve()
    expect(await opened.documents()).toEqual([])
    for (let i = 0; i < 2; i++) await resumeSync(opened, owner, ref)
    await worker.idle()
    expect(await opened.state()).toMatchObject({ state: 'completed', number: 1 })
    expect(await opened.documents()).toHaveLength(6)
    await cancelSync(opened, owner, ref)
    expect(await opened.state()).toMatchObject({ state: 'completed' })
    remote.put('new.txt', 'The otter swims.', 'v1')
    remote.gate = new Promise(() => undefined)
    await opened.start()
    await until(
      async () => remote.fetched.at(-1),
      (key) => key === 'new.txt',
    )
    for (let i = 0; i < 2; i++) await cancelSync(opened, owner, ref)
    await worker.idle()
    expect(await opened.state()).toMatchObject({ state: 'cancelled', ended_at: expect.any(String) })
    expect(await opened.source()).toMatchObject({ status: 'connected' })
    remote.gate = undefined
    await opened.start()
    await worker.idle()
    expect((await opened.list())['new.txt']).toMatchObject({ status: 'indexed' })
  })

  it('goes on where it was after a stop, without fetching anything twice', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote } = opened
    for (let i = 0; i < 12; i++) remote.put(`${i}.txt`, `The lion ${i} sleeps.`, 'v1')
    await opened.start()
    const first = opened.startWorker()
    await until(opened.documents, (documents) => documents.length >= 2)
    await first[Symbol.asyncDispose]()
    const before = await opened.documents()
    expect(before.length).toBeLessThan(12)
    await using second = opened.startWorker()
    await second.idle()
    expect(await opened.documents()).toHaveLength(12)
    expect(await opened.documents()).toEqual(expect.arrayContaining(before))
    // What was in the middle of being fetched is fetched again; all else once.
    expect(remote.fetched.length).toBeLessThanOrEqual(16)
    expect(await opened.state()).toMatchObject({ state: 'completed', number: 1 })
  })

  it('is over when the source is deleted, and leaves nothing', async () => {
    await using opened = await openSyncedSource(engine)
    const { remote, owner, ref, db } = opened
    for (let i = 0; i < 20; i++) remote.put(`${i}.txt`, `The lion ${i} sleeps.`, 'v1')
    await opened.start()
    await using worker = opened.startWorker()
    await until(opened.documents, (documents) => documents.length >= 2)
    await deleteSource(opened, owner, ref)
    await worker.idle()
    const tables = ['sources', 'source_files', 'source_syncs', 'documents', 'passages', 'index_segments'] as const
    for (const table of tables) {
      expect(await db.query.selectFrom(table).select('project_id').execute(), table).toEqual([])
    }
    if (engine === 'postgres')
      expect(await db.query.selectFrom('file_chunks').select('project_id').execute()).toEqual([])
  })
})
