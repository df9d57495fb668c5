import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database/open-database.ts'
import type { DocumentId, ProjectId } from '../src/ids.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from './support/documents.ts'
import { startEmbeddingServer } from './support/embedding-server.ts'
import { aFile, aForm } from './support/forms.ts'
import {
  ageCut,
  ageIndex,
  countOldCut,
  countPassages,
  cutOtherwise,
  endLeases,
  endPauses,
} from './support/old-index.ts'
import { startServerProcess } from './support/server-process.ts'
import { startTestApp, type TestClient, until } from './support/start-test-app.ts'

function envOf(place: DatabasePlace): Record<string, string> {
  const database = place.databaseUrl === undefined ? undefined : { DATABASE_URL: place.databaseUrl }
  return { QUORY_DATA_DIR: place.dataDir, ...database }
}

type Call = (method: string, path: string, body?: unknown) => ReturnType<TestClient>

const sentences = (i: number) =>
  Array.from({ length: 24 }, (_, j) => `Lamp ${i} of shelf ${j} burns whale oil and lights the harbour of town ${i}.`)

async function countSegments(place: DatabasePlace) {
  await using db = await openDatabase(place)
  const rows = await db.query.selectFrom('index_segments').select(['state', 'version']).execute()
  const count = (state: string, version: number) =>
    rows.filter((row) => row.state === state && row.version === version).length
  return { old: count('visible', 0), next: count('next', 1), now: count('visible', 1) }
}

interface Found {
  readonly document: string
  readonly text: string
  readonly score: number
  readonly vector: number | null
}

async function search(call: Call, project: string, query: string): Promise<Found[]> {
  const { status, body } = await call('POST', `${project}/search`, { query, limit: 20 })
  expect(status).toBe(200)
  return body.passages.map((passage: { document_id: string; text: string; score: number; scores: Scores }) => ({
    document: passage.document_id,
    text: passage.text,
    score: passage.score,
    vector: passage.scores.vector,
  }))
}

type Scores = { readonly vector: number | null }

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
  }, 60_000)

  it('answers through a kill in the middle of it, and the next start goes on', async () => {
    await using place = await createTestDatabase(engine)
    const project = await (async () => {
      await using app = await startTestApp({ place })
      const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      return body.id as ProjectId
    })()
    const path = `/v1/projects/${project}`
    await addDocuments(place, project, 100)
    await ageIndex(place)
    const before = await (async () => {
      await using server = await startServerProcess(envOf(place))
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
    await using app = await startTestApp({ place })
    await searchUntilSwapped(place, () => search(app.call, path, 'walrus 7'), before)
    expect((await countSegments(place)).next).toBe(0)
  }, 60_000)
})

const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta']

describe.each(engines)('passages that an older release cut, on %s', (engine) => {
  it('are cut anew beside the old ones, with vectors, and change places at one moment, also after a kill', async () => {
    await using place = await createTestDatabase(engine)
    await using model = await startEmbeddingServer()
    const env = { QUORY_EMBEDDING_MODEL: 'words', QUORY_EMBEDDING_BASE_URL: model.url }
    let server = await startTestApp({ place, env })
    const { body: made } = await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
    const project = `/v1/projects/${made.id}`
    const embedAll = () =>
      until(
        async () => (await server.call('GET', `${project}/embedding`)).body,
        ({ state, total }) => state === 'ready' && total > 0,
        30_000,
      )
    const ask = () => search(server.call, project, 'whale oil shelf 7')
    try {
      const files = names.map((name, i): [string, Blob, string] => [
        'files',
        aFile(sentences(i).join(' ')),
        `${name}.txt`,
      ])
      const tiny = 'This lamp of whale oil stays as it is.'
      await server.call('POST', `${project}/data-sources/upload`, aForm(...files, ['files', aFile(tiny), 'tiny.txt']))
      await server.app.jobs.idle()
      await embedAll()
      const whole = await ask()
      const counts = await countPassages(place)
      await cutOtherwise(place, made.id)
      await server.restart()
      await embedAll()
      const old = await until(ask, (found) => found.every(hasVector), 30_000)
      expect(old.every(isSentence)).toBe(true)
      await server[Symbol.asyncDispose]()
      await ageCut(place)

      // Built, but not embedded: whatever happens now, the old passages answer.
      model.befall(({ input }) => (input.some((text) => !isSentence({ text })) ? 'hang' : undefined))
      const asked = model.requests.length
      await using killed = await startServerProcess({ ...envOf(place), ...env })
      await until(
        async () => model.requests.slice(asked).some(({ body }) => body.input.some((text) => !isSentence({ text }))),
        Boolean,
        30_000,
      )
      // Perhaps by words alone, behind the requests that hang.
      const meanwhile = await search(killed.call, project, 'whale oil shelf 7')
      expect(meanwhile.map(isSentence)).toEqual(old.map(() => true))
      await killed.kill()
      await endLeases(place)
      model.befall(() => undefined)
      server = await startTestApp({ place, env })
      for (;;) {
        const left = await countOldCut(place)
        const found = await ask()
        // On a busy machine a question may get its vector too late, for all passages alike; some without would be a gap.
        expect(new Set(found.map(hasVector)).size).toBe(1)
        expect(found.length).toBeGreaterThan(0)
        // The small file is one sentence by any rules.
        const cuts = new Set(found.filter(({ text }) => text !== tiny).map(isSentence))
        expect([...cuts]).toHaveLength(1)
        if (left === 0) break
      }
      expect(await ask()).toEqual(whole)
      expect(
        await until(
          async () => {
            await endPauses(place)
            return await countPassages(place)
          },
          ({ passages }) => passages === counts.passages,
          30_000,
        ),
      ).toEqual(counts)
      await embedAll()
      await until(ask, (found) => JSON.stringify(found) === JSON.stringify(whole), 30_000)
      expect(model.embedded.filter(({ text }) => text === tiny)).toHaveLength(1)
    } finally {
      await server[Symbol.asyncDispose]()
    }
  }, 120_000)
})

describe.each(engines)('a large document that an older release cut, on %s', (engine) => {
  it('is cut anew in many transactions, also after a kill between them, and changes its place at one moment', async () => {
    await using place = await createTestDatabase(engine)
    const text = Array.from({ length: 160 }, (_, i) => sentences(i).join(' ')).join('\n\n')
    let project = ''
    const ask = (call: Call) => search(call, `/v1/projects/${project}`, 'whale oil shelf 7')
    const { whole, counts } = await (async () => {
      await using app = await startTestApp({ place })
      project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
      const form = aForm(['files', aFile(text), 'lamps.txt'])
      await app.call('POST', `/v1/projects/${project}/data-sources/upload`, form)
      await app.app.jobs.idle()
      const before = { whole: await ask(app.call), counts: await countPassages(place) }
      await cutOtherwise(place, project as ProjectId)
      await ageCut(place)
      return before
    })()
    expect(counts.passages).toBeGreaterThan(300)
    const old = await countPassages(place)
    // Its passages are written, and some of what finds them.
    const dying = { ...envOf(place), DIE_AT: 'insert into "index_blocks"' }
    const flags = ['--import', join(import.meta.dirname, 'support/die-at-statement.ts')]
    await using killed = await startServerProcess(dying, { flags })
    await until(async () => killed.child.signalCode, Boolean, 30_000)
    expect((await countPassages(place)).passages).toBe(old.passages + counts.passages)
    await endLeases(place)
    await using app = await startTestApp({ place })
    for (;;) {
      const left = await countOldCut(place)
      const found = await ask(app.call)
      expect(found.length).toBeGreaterThan(0)
      expect([...new Set(found.map(isSentence))]).toHaveLength(1)
      if (left === 0) break
    }
    const texts = (found: readonly Found[]) => found.map((passage) => passage.text)
    expect(texts(await ask(app.call))).toEqual(texts(whole))
    // What the killed one wrote, too.
    await until(
      async () => {
        await endPauses(place)
        return await countPassages(place)
      },
      ({ passages }) => passages === counts.passages,
      30_000,
    )
  }, 120_000)
})

function isSentence({ text }: { text: string }): boolean {
  return (text.match(/\./g) ?? []).length === 1
}

function hasVector({ vector }: Found): boolean {
  return vector !== null
}

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
