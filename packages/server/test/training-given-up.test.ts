import { strToU8, zipSync } from 'fflate'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, now } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const gaveUp = 'Reading this failed three times because of a fault in the server; its log says more.'
const why = 'A training failed three times to read this because of a fault in the server; its log says more.'
const goesOn = `${why} It is tried again by itself.`
const stays = `${gaveUp} What was read earlier is still searched.`

describe.each(engines)('an upload whose training is given up, on %s', (engine) => {
  let place: DatabasePlace
  let app: TestApp
  let db: Database
  beforeAll(async () => {
    place = await createTestDatabase(engine)
    app = await startTestApp({ engine, place, env: { QUORY_LOG_LEVEL: 'silent' } })
    db = await openDatabase(app.config)
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  /** From now on no file can be stored as read: a fault that is nobody's but the server's. */
  async function breakIndexing(): Promise<void> {
    if (engine === 'sqlite') {
      await sql`create trigger broken before update on source_files when new.status = 'indexed' begin
        select raise(abort, 'a fault'); end`.execute(db.query)
      return
    }
    await sql`create or replace function broken() returns trigger language plpgsql as $$
      begin raise exception 'a fault'; end $$`.execute(db.query)
    await sql`create trigger broken before update on source_files for each row when (new.status = 'indexed')
      execute function broken()`.execute(db.query)
  }
  async function mendIndexing(): Promise<void> {
    await (engine === 'sqlite' ? sql`drop trigger broken` : sql`drop trigger broken on source_files`).execute(db.query)
  }
  /** What is at the path when it is not worked on any more; no job of this kind waits for its next attempt. */
  async function hurried(kind: string, path: string) {
    const ended = new AbortController()
    const looking = app.app.jobs.idle(ended.signal).catch(() => undefined)
    await until(
      async () => {
        await sql`update jobs set not_before = null, run_after = ${now()} where kind = ${kind} and state = 'queued'`.execute(
          db.query,
        )
        return await app.call('GET', path)
      },
      ({ body }) => body.job === null,
    )
    ended.abort()
    await looking
    // It may have ended between what was read of it and of its job.
    return (await app.call('GET', path)).body
  }

  async function anUpload(content: string | Uint8Array, name: string) {
    const { body } = await app.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' })
    const project = `/v1/projects/${body.id}`
    const uploaded = await app.call('POST', `${project}/data-sources/upload`, aForm(['f', aFile(content), name]))
    await app.app.jobs.idle()
    const id: string = uploaded.body.data_sources[0].id
    const path = `${project}/data-sources/${id}`
    return {
      source: async () => (await app.call('GET', path)).body,
      files: async () => {
        const { files } = (await app.call('GET', `${path}/files`)).body
        return files.map(({ key, status, reason }: Record<string, unknown>) => ({ key, status, reason }))
      },
      search: async () =>
        (await app.call('POST', `${project}/search`, { query: 'lion' })).body.passages.map(
          (passage: { document_name: string }) => passage.document_name,
        ),
      train: async () => {
        const { body } = await app.call('POST', `${project}/training`, { data_source_ids: [id] })
        return await hurried('run-training', `${project}/training/${body.id}`)
      },
      readAgain: () => hurried('ingest-source', path),
    }
  }

  it('says that it goes on by itself, and does', async () => {
    const upload = await anUpload('The lion sleeps in the shade.', 'notes.txt')
    await breakIndexing()
    try {
      expect(await upload.train()).toMatchObject({ status: 'failed', error: gaveUp })
      const waiting = await upload.source()
      expect(waiting).toMatchObject({ status: 'connected', error: goesOn, job: { state: 'waiting', attempt: 0 } })
      expect(Date.parse(waiting.job.next_attempt_at)).toBeGreaterThan(Date.now() + 30_000)
      expect(await upload.files()).toEqual([{ key: 'notes.txt', status: 'fetched', reason: why }])
      expect(await upload.search()).toEqual(['notes.txt'])
    } finally {
      await mendIndexing()
    }
    await upload.readAgain()
    expect(await upload.source()).toMatchObject({ status: 'connected', error: null, job: null })
    expect(await upload.files()).toEqual([{ key: 'notes.txt', status: 'indexed', reason: null }])
  })

  it('says so when it cannot be read by itself either, and keeps what was read earlier', async () => {
    const upload = await anUpload('The lion sleeps in the shade.', 'notes.txt')
    await breakIndexing()
    try {
      await upload.train()
      await upload.readAgain()
    } finally {
      await mendIndexing()
    }
    expect(await upload.source()).toMatchObject({ status: 'connected', error: stays, job: null })
    expect(await upload.files()).toEqual([{ key: 'notes.txt', status: 'failed', reason: stays }])
    expect(await upload.search()).toEqual(['notes.txt'])
    expect(await upload.train()).toMatchObject({ status: 'completed' })
    expect(await upload.source()).toMatchObject({ status: 'connected', error: null })
  })

  it('leaves no file of an archive waiting for ever', async () => {
    const members = { 'lion.txt': 'The lion sleeps.', 'zebra.txt': 'The zebra runs.' }
    const archive = zipSync(Object.fromEntries(Object.entries(members).map(([name, text]) => [name, strToU8(text)])))
    const upload = await anUpload(archive, 'zoo.zip')
    const filesAre = (status: string, reason: string | null) => [
      { key: 'zoo.zip', status: 'unpacked', reason: null },
      ...Object.keys(members).map((name) => ({ key: `zoo.zip!/${name}`, status, reason })),
    ]
    const byKey = (files: { key: string }[]) => files.toSorted((one, other) => (one.key < other.key ? -1 : 1))
    await breakIndexing()
    try {
      await upload.train()
      expect(await upload.source()).toMatchObject({ status: 'connected', error: goesOn, job: { state: 'waiting' } })
      expect(byKey(await upload.files())).toEqual(filesAre('fetched', why))
      await upload.readAgain()
    } finally {
      await mendIndexing()
    }
    expect(byKey(await upload.files())).toEqual(filesAre('failed', stays))
    const error = '2 of 2 files in it could not be read.'
    expect(await upload.source()).toMatchObject({ status: 'error', error, job: null })
    expect(await upload.search()).toEqual(['lion.txt'])
    expect(await upload.train()).toMatchObject({ status: 'completed' })
    expect(byKey(await upload.files())).toEqual(filesAre('indexed', null))
    expect(await upload.source()).toMatchObject({ status: 'connected', error: null })
  })
})
