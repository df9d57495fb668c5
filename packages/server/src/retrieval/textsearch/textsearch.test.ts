import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource, type SourcePlace } from '../../../test/support/documents.ts'
import { openPglite } from '../../../test/support/pglite.ts'
import { aProject } from '../../../test/support/projects.ts'
import { until } from '../../../test/support/start-test-app.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import { createProcessWakeUp } from '../../database/wake-up.ts'
import { newId } from '../../ids.ts'
import { claimJobs } from '../../jobs/claim-store.ts'
import { createLogger } from '../../logger.ts'
import { removeDocuments } from '../document-store.ts'
import type { PassageFilter } from '../passage-filter.ts'
import { searchPassagesInDetail } from '../search-passages.ts'
import { tidyIndex } from '../words/tidy-index.ts'
import type { WordIndex } from '../words/word-index.ts'
import { createTextsearchHandler } from './index-project.ts'
import { openTextsearch } from './open-word-index.ts'
import { encodeTerm } from './passage-terms.ts'
import { textsearchKind } from './request-textsearch.ts'
import { selectTerms } from './textsearch-store.ts'

const logger = createLogger('silent')
const signal = new AbortController().signal
const textsearchFrom = 80
const words = ['lion', 'zebra', 'owl', 'whale', 'gnu', 'yak', 'ibex', 'emu', 'running', '動物園の象', 'ёж', '3d', '1e5']

/** Passages of very different lengths, in three languages. */
async function addAnimals(db: Database, place: SourcePlace, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const passages = Array.from({ length: 1 + (i % 7) }, (_, j) =>
      [
        ...Array.from({ length: 3 + ((i * (j + 3)) % 41) }, (_, k) => words[(i * 7 + j * k * 3 + k) % words.length]),
        `own${i}`,
      ].join(' '),
    )
    await addDocument(db, place, aPreparedDocument(passages, { language: ['en', 'de', 'ru'][i % 3] ?? 'en' }))
  }
}

/** Does what was asked for of a project; returns how much that was. */
async function runAsked(db: Database): Promise<number> {
  const jobs = await claimJobs(db, { node: 'a', kinds: [textsearchKind], limit: 5 })
  for (const job of jobs) {
    const write = await createTextsearchHandler({ db }).run(job, signal, new AsyncDisposableStack())
    await inTransaction(db, write)
    await db.query.deleteFrom('jobs').where('id', '=', job.id).execute()
  }
  return jobs.length
}

async function openWorld(db: Database) {
  const place = await aSource(db, (await aProject(db)).projectId)
  await addAnimals(db, place, 30)
  await tidyIndex(db, place.projectId, signal)
  const textsearch = await openTextsearch({ db, logger }, { textsearchFrom })
  if (textsearch === undefined) throw new Error('PGlite has no pg_textsearch')
  const search = (index: WordIndex | undefined, query: string, filter: PassageFilter = {}, limit = 20) =>
    searchPassagesInDetail({ db, words: index }, { projectId: place.projectId, query, filter, limit })
  const ask = async (...input: [query: string, filter?: PassageFilter, limit?: number]) =>
    comparable(await search(textsearch.words, ...input))
  const askSegments = async (...input: [query: string, filter?: PassageFilter, limit?: number]) =>
    comparable(await search(undefined, ...input))
  return { place, textsearch, ask, askSegments }
}

function comparable({
  passages,
  termWeights,
  passageCount,
  details,
}: Awaited<ReturnType<typeof searchPassagesInDetail>>) {
  const places = passages.map(({ documentId, number, score }) => ({ documentId, number, score }))
  return { index: details.words.index, places, termWeights, passageCount }
}

const queries = [
  'lion',
  'gnu ibex owl owl yak lion',
  'own7',
  'runs',
  '象',
  'ёж 3d',
  '1e5 emu',
  'the walrus',
  'own7 own8 zebra',
]

describe('a large project on PostgreSQL with pg_textsearch', () => {
  let db: Database
  // It takes seconds to open, and each test has projects of its own.
  beforeAll(async () => {
    db = await openPglite()
  }, 60_000)
  afterAll(() => db[Symbol.asyncDispose]())

  it('is searched by it from the moment its index is whole, with the results of the segments', async () => {
    const { place, textsearch, ask, askSegments } = await openWorld(db)
    expect((await ask('lion')).index).toBe('postings')
    await textsearch.requestWhenLarge(place.projectId)
    expect(await runAsked(db)).toBe(1)
    for (const query of queries) {
      const [found, expected] = [await ask(query), await askSegments(query)]
      expect(found, query).toEqual({ ...expected, index: query === 'the walrus' ? found.index : 'pg_textsearch' })
    }
    await textsearch.requestWhenLarge(place.projectId)
    expect(await runAsked(db)).toBe(0)
    const plan = await inTransaction(db, async (tx) => {
      await sql`set local enable_sort = off`.execute(tx)
      return await sql<{
        'QUERY PLAN': string
      }>`explain ${selectTerms(place.projectId, encodeTerm('lion'), 20)}`.execute(tx)
    })
    expect(JSON.stringify(plan.rows)).toContain(`Index Scan using textsearch_${place.projectId.replaceAll('-', '')}`)
  }, 60_000)

  it('finds what was stored since, nothing that was deleted, and nothing of others', async () => {
    const { place, textsearch, ask, askSegments } = await openWorld(db)
    const second = await aSource(db, place.projectId)
    const others = await aSource(db, (await aProject(db)).projectId)
    await addAnimals(db, others, 30)
    await textsearch.requestWhenLarge(others.projectId)
    expect(await runAsked(db)).toBe(1)
    await textsearch.requestWhenLarge(place.projectId)
    expect(await runAsked(db)).toBe(1)
    await addAnimals(db, second, 8, 100)
    expect((await ask('own104')).places).toHaveLength(7)
    for (const query of queries) expect((await ask(query)).places, query).toEqual((await askSegments(query)).places)
    await inTransaction(db, (tx) => removeDocuments(tx, place.projectId, second.sourceId))
    expect((await ask('own104')).places).toEqual([])
    await tidyIndex(db, place.projectId, signal)
    for (const query of queries) expect((await ask(query)).places, query).toEqual((await askSegments(query)).places)
  }, 60_000)

  it('is asked for again by the next start, and goes on, when it was given up', async () => {
    const { place, textsearch, ask, askSegments } = await openWorld(db)
    await textsearch.requestWhenLarge(place.projectId)
    const [job] = await claimJobs(db, { node: 'a', kinds: [textsearchKind], limit: 1 })
    if (job === undefined) throw new Error('there is no job')
    let checks = 0
    const killed = { throwIfAborted: () => expect(checks++, 'killed').toBeLessThan(50) } as AbortSignal
    await expect(createTextsearchHandler({ db }).run(job, killed, new AsyncDisposableStack())).rejects.toThrow('killed')
    await db.query.deleteFrom('jobs').where('id', '=', job.id).execute()
    await addAnimals(db, place, 2, 300)
    expect((await ask('own300')).index).toBe('postings')
    await textsearch.requestWhenLarge(place.projectId)
    expect(await runAsked(db)).toBe(0)
    await using wakeUp = createProcessWakeUp()
    await using _ = textsearch.catchUp(wakeUp)
    expect(
      await until(
        () => runAsked(db),
        (count) => count > 0,
      ),
    ).toBe(1)
    for (const query of [...queries, 'own300']) {
      expect((await ask(query)).places, query).toEqual((await askSegments(query)).places)
    }
    expect((await ask('own300')).index).toBe('pg_textsearch')
  }, 60_000)

  it('keeps filters and quoted phrases', async () => {
    const { place, textsearch, ask, askSegments } = await openWorld(db)
    const second = await aSource(db, place.projectId)
    await addAnimals(db, second, 10, 100)
    await addDocument(db, second, aPreparedDocument(['The lion and the gnu', 'The gnu and the lion', 'lion gnu']))
    await textsearch.requestWhenLarge(place.projectId)
    await runAsked(db)
    const filters: PassageFilter[] = [
      { sourceIds: [second.sourceId] },
      { sourceIds: [newId()] },
      { mediaTypes: ['text/plain'], storedFrom: '2000-01-01T00:00:00.000Z' },
      { storedBefore: '2000-01-01T00:00:00.000Z' },
      { pages: { first: 1, last: 2 } },
    ]
    for (const filter of filters) {
      for (const query of ['lion gnu', 'own105', 'whale']) {
        expect((await ask(query, filter)).places, JSON.stringify(filter)).toEqual(
          (await askSegments(query, filter)).places,
        )
      }
    }
    const phrase = await ask('"the gnu and the lion"')
    expect(phrase).toMatchObject({ index: 'pg_textsearch', places: [{ number: 1 }] })
    expect(phrase.places).toEqual((await askSegments('"the gnu and the lion"')).places)
  }, 60_000)

  it('is searched by its segments when the extension or its index is taken away', async () => {
    const { place, textsearch, ask, askSegments } = await openWorld(db)
    await textsearch.requestWhenLarge(place.projectId)
    await runAsked(db)
    await sql`drop extension pg_textsearch cascade`.execute(db.query)
    expect(await ask('lion')).toEqual(await askSegments('lion'))
    await addAnimals(db, place, 1, 200)
    expect((await ask('own200')).places).toHaveLength(5)
    expect(await openTextsearch({ db, logger }, { textsearchFrom: undefined })).toBeUndefined()
    expect(await db.query.selectFrom('textsearch_passages').selectAll().execute()).toEqual([])
    await addAnimals(db, place, 1, 201)
    expect((await ask('own201')).index).toBe('postings')
  }, 60_000)
})

describe.each(engines)('a database without pg_textsearch on %s', (engine) => {
  it('is said nothing about', async () => {
    await using db = await openTestDatabase(engine)
    expect(await openTextsearch({ db, logger }, { textsearchFrom: 0 })).toBeUndefined()
  })
})
