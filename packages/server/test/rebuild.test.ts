import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database/open-database.ts'
import type { DocumentId, ProjectId } from '../src/ids.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from './support/documents.ts'
import { aFile, aForm } from './support/forms.ts'
import { startServerProcess } from './support/server-process.ts'
import { startTestApp, type TestClient, until } from './support/start-test-app.ts'

type Call = (method: string, path: string, body?: unknown) => ReturnType<TestClient>

/** What an index that an older release made looks like to this one. */
async function ageIndex(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  await sql`update index_segments set version = 0`.execute(db.query)
}

async function countSegments(place: DatabasePlace) {
  await using db = await openDatabase(place)
  const rows = await db.query.selectFrom('index_segments').select(['state', 'version']).execute()
  const count = (state: string, version: number) =>
    rows.filter((row) => row.state === state && row.version === version).length
  return { old: count('visible', 0), next: count('next', 1), now: count('visible', 1) }
}

async function search(call: Call, project: string, query: string) {
  const { status, body } = await call('POST', `${project}/search`, { query, limit: 20 })
  expect(status).toBe(200)
  return body.passages.map((passage: { document_id: string; text: string; score: number }) => ({
    document: passage.document_id,
    text: passage.text,
    score: passage.score,
  }))
}

/** Asks again and again until the old index is gone; every answer is the same. */
async function searchUntilSwapped(place: DatabasePlace, ask: () => Promise<unknown>, expected: unknown) {
  for (let searches = 0; ; searches++) {
    const { old } = await countSegments(place)
    expect(await ask()).toEqual(expected)
    if (old === 0) return searches
  }
}

describe.each(engines)('an index that an older release made, on %s', (engine) => {
  it('is made anew after a start, and searches find the same before, meanwhile and afterwards', async () => {
    await using place = await createTestDatabase(engine)
    await using app = await startTestApp({ place })
    const { body: made } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
    const project = `/v1/projects/${made.id}`
    const files = Array.from({ length: 12 }, (_, i): [string, Blob, string] => [
      'files',
      aFile(`# Lamp ${i}\n\nThe lamp of house ${i} burns whale oil.\n`),
      `lamp-${i}.md`,
    ])
    await app.call('POST', `${project}/data-sources/upload`, aForm(...files))
    await app.app.jobs.idle()
    const before = await search(app.call, project, 'whale oil lamp')
    expect(before).toHaveLength(12)
    await ageIndex(place)
    await app.restart()
    await searchUntilSwapped(place, () => search(app.call, project, 'whale oil lamp'), before)
    expect(await countSegments(place)).toMatchObject({ old: 0, next: 0 })
  })

  it('answers through a kill in the middle of it, and the next start goes on', async () => {
    await using place = await createTestDatabase(engine)
    const env = {
      QUORY_DATA_DIR: place.dataDir,
      ...(place.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl }),
    }
    const project = await (async () => {
      await using server = await startServerProcess(env)
      const { body } = await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      return body.id as ProjectId
    })()
    const path = `/v1/projects/${project}`
    await addDocuments(place, project, 100)
    await ageIndex(place)
    const before = await (async () => {
      await using server = await startServerProcess(env)
      const half = await until(
        () => countSegments(place),
        ({ next }) => next > 0,
        30_000,
      )
      const found = await search(server.call, path, 'walrus 7')
      await server.kill()
      expect(half.old).toBeGreaterThan(0)
      return found
    })()
    expect(before.length).toBeGreaterThan(0)
    const left = await countSegments(place)
    expect(left.old).toBeGreaterThan(0)
    expect(left.next).toBeGreaterThan(0)
    await endLeases(place)
    await using server = await startServerProcess(env)
    await searchUntilSwapped(place, () => search(server.call, path, 'walrus 7'), before)
    expect((await countSegments(place)).next).toBe(0)
  }, 60_000)
})

async function addDocuments(place: DatabasePlace, projectId: ProjectId, count: number): Promise<DocumentId[]> {
  await using db = await openDatabase(place)
  const source = await aSource(db, projectId)
  const ids: DocumentId[] = []
  for (let i = 0; i < count; i++) {
    const paragraphs = Array.from({ length: 12 }, (_, j) => `Walrus ${i} swims with ${j} friends to the shore of ice.`)
    ids.push(await addDocument(db, source, aPreparedDocument(paragraphs)))
  }
  return ids
}

/** On PostgreSQL another node takes over when the lease has run out; the test does not wait for it. */
async function endLeases(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
}
