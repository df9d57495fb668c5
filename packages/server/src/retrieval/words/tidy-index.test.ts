import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource, type SourcePlace } from '../../../test/support/documents.ts'
import { aProject } from '../../../test/support/projects.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import { type DocumentId, newId } from '../../ids.ts'
import { claimJobs } from '../../jobs/claim-store.ts'
import { enqueueJob } from '../../jobs/job-store.ts'
import { removeDocuments } from '../document-store.ts'
import type { PreparedDocument } from '../prepare-document.ts'
import { searchPassages } from '../search-passages.ts'
import { mergeSegments } from './merge-segments.ts'
import { createRebuildHandler } from './rebuild-index.ts'
import { rebuildKind } from './request-rebuilding.ts'
import { tidyKind } from './request-tidying.ts'
import { readStatistics } from './search-words.ts'
import { segmentCacheOf } from './segment-cache.ts'
import { readSegments } from './segment-store.ts'
import { tidyIndex } from './tidy-index.ts'

const signal = new AbortController().signal
const query = 'gnu ibex owl owl yak lion'

/** Documents of one to some passages, with words in common, words of their own, and a language in three. */
function someDocuments(count: number): { id: DocumentId; prepared: PreparedDocument }[] {
  const names = ['lion', 'zebra', 'owl', 'whale', 'gnu', 'yak', 'ibex', 'emu']
  const word = (seed: number) => names[(seed * 7919) % names.length] ?? ''
  return Array.from({ length: count }, (_, i) => {
    const paragraphs = Array.from({ length: 1 + (i % 4) }, (_, j) =>
      [...Array.from({ length: 4 + ((i * j) % 11) }, (_, k) => word(i + j * k)), `own${i}`].join(' '),
    )
    return { id: newId<DocumentId>(), prepared: aPreparedDocument(paragraphs, { language: i % 3 === 0 ? 'de' : 'en' }) }
  })
}

async function aPlace(db: Database): Promise<SourcePlace> {
  return await aSource(db, (await aProject(db)).projectId)
}

async function rank(db: Database, { projectId }: SourcePlace) {
  segmentCacheOf(db).clear()
  const found = await searchPassages({ db }, { projectId, query, limit: 100 })
  return found.map(({ documentId, number, score }) => ({ documentId, number, score }))
}

async function statesOf(db: Database): Promise<string[]> {
  return (await db.query.selectFrom('index_segments').select('state').execute()).map(({ state }) => state)
}

describe.each(engines)('merging on %s', (engine) => {
  it('changes no result and no digit, and leaves nothing behind', async () => {
    await using db = await openTestDatabase(engine)
    const place = await aPlace(db)
    const documents = someDocuments(70)
    // Not in the order of their ids, as documents keep theirs when they are read again.
    for (const { id, prepared } of documents.toReversed()) await addDocument(db, place, prepared, id)
    const before = await rank(db, place)
    const statistics = await readStatistics(db.query, place.projectId)
    expect(before).toHaveLength(100)
    expect(await readSegments(db.query, place.projectId, 'visible')).toHaveLength(70)
    await tidyIndex(db, place.projectId, signal)
    const segments = await readSegments(db.query, place.projectId, 'visible')
    expect(segments.length).toBeLessThan(8)
    expect(await rank(db, place)).toEqual(before)
    expect(await readStatistics(db.query, place.projectId)).toEqual(statistics)
    expect(new Set(await statesOf(db))).toEqual(new Set(['visible']))
    const blocks = await db.query.selectFrom('index_blocks').select('segment_id').distinct().execute()
    expect(blocks).toHaveLength(segments.length)
  })

  it('waits a second for what else comes, and not for more than a search should visit', async () => {
    await using db = await openTestDatabase(engine)
    const place = await aPlace(db)
    const claim = () => claimJobs(db, { node: 'a', kinds: [tidyKind], limit: 1 })
    const add = async (documents: ReturnType<typeof someDocuments>) => {
      for (const { id, prepared } of documents) await addDocument(db, place, prepared, id)
      const jobs = db.query.selectFrom('jobs').select('not_before').where('kind', '=', tidyKind)
      return (await jobs.executeTakeFirst())?.not_before
    }
    const [documents, startedAt] = [someDocuments(31), Date.now()]
    expect(await add(documents.slice(0, 7))).toBeUndefined()
    const due = await add(documents.slice(7, 8))
    expect(Date.parse(due ?? '')).toBeGreaterThanOrEqual(startedAt + 1_000)
    expect(await add(documents.slice(8))).toBe(due)
    await addDocument(db, place, aPreparedDocument(['one more gnu'], {}))
    expect(await claim()).toHaveLength(1)
  })

  it('what is deleted before, between and after merges counts for nothing: the index is as if it had never been', async () => {
    await using db = await openTestDatabase(engine)
    const [place, fresh] = [await aPlace(db), await aPlace(db)]
    const gone = [
      await aSource(db, place.projectId),
      await aSource(db, place.projectId),
      await aSource(db, place.projectId),
    ]
    const documents = someDocuments(60)
    for (const [i, { id, prepared }] of documents.entries()) {
      const source = i % 4 === 0 ? place : (gone[(i % 4) - 1] ?? place)
      await addDocument(db, source, prepared, id)
      if (source === place) await addDocument(db, fresh, prepared, id)
    }
    for (const source of gone) {
      await inTransaction(db, (tx) => removeDocuments(tx, source.projectId, source.sourceId))
      expect((await rank(db, place)).length).toBeGreaterThan(0)
      await tidyIndex(db, place.projectId, signal)
    }
    expect(await rank(db, place)).toEqual(await rank(db, fresh))
    expect(await readStatistics(db.query, place.projectId)).toEqual(await readStatistics(db.query, fresh.projectId))
    await inTransaction(db, (tx) => removeDocuments(tx, place.projectId, place.sourceId))
    await tidyIndex(db, place.projectId, signal)
    const left = await db.query
      .selectFrom('index_segments')
      .select('id')
      .where('project_id', '=', place.projectId)
      .execute()
    expect(left).toEqual([])
  })

  it('searches, arrivals and deletions go on meanwhile, and none is lost', async () => {
    await using db = await openTestDatabase(engine)
    const [place, fresh] = [await aPlace(db), await aPlace(db)]
    const gone = await Promise.all(Array.from({ length: 10 }, () => aSource(db, place.projectId)))
    const documents = someDocuments(80)
    const later = documents.splice(50)
    for (const [i, { id, prepared }] of documents.entries()) {
      await addDocument(db, i < 40 ? place : (gone[i - 40] ?? place), prepared, id)
    }
    // Of a source that stays: found by every search, whatever happens meanwhile.
    const own = documents[7]
    let isDone = false
    const searching = (async () => {
      for (let searches = 1; ; searches++) {
        segmentCacheOf(db).clear()
        const found = await searchPassages({ db }, { projectId: place.projectId, query: 'own7', limit: 10 })
        expect(found.map(({ documentId }) => documentId)).toEqual(own?.prepared.passages.map(() => own.id))
        if (isDone) return searches
        await new Promise(setImmediate)
      }
    })()
    const removing = (async () => {
      for (const source of gone) {
        await inTransaction(db, (tx) => removeDocuments(tx, source.projectId, source.sourceId))
        await new Promise(setImmediate)
      }
    })()
    const adding = (async () => {
      for (const { id, prepared } of later) await addDocument(db, place, prepared, id)
    })()
    const tidying = (async () => {
      for (let i = 0; i < 10; i++) await tidyIndex(db, place.projectId, signal)
    })()
    await Promise.all([removing, adding, tidying])
    isDone = true
    expect(await searching).toBeGreaterThan(3)
    await tidyIndex(db, place.projectId, signal)
    for (const { id, prepared } of [...documents.slice(0, 40), ...later]) await addDocument(db, fresh, prepared, id)
    expect(await rank(db, place)).toEqual(await rank(db, fresh))
    expect(await readStatistics(db.query, place.projectId)).toEqual(await readStatistics(db.query, fresh.projectId))
  })

  it('a document deleted while its segment is merged does not come back with the new one', async () => {
    await using db = await openTestDatabase(engine)
    const place = await aPlace(db)
    const gone = await aSource(db, place.projectId)
    const documents = someDocuments(12)
    for (const { id, prepared } of documents) await addDocument(db, place, prepared, id)
    await addDocument(db, gone, aPreparedDocument(['A walrus that leaves.', 'A walrus that has left.']))
    const inputs = await readSegments(db.query, place.projectId, 'visible')
    await tidyIndex(db, place.projectId, signal)
    const stale = await mergeSegments(db, inputs, signal)
    expect(stale).toBe(false)
    const merged = await readSegments(db.query, place.projectId, 'visible')
    // Asked whether to go on after everything is read and before it is replaced.
    const deletes = { isAborted: false, deleting: undefined as Promise<void> | undefined }
    const checking = {
      throwIfAborted: () => {
        deletes.deleting ??= inTransaction(db, (tx) => removeDocuments(tx, gone.projectId, gone.sourceId))
      },
    } as AbortSignal
    await mergeSegments(db, merged, checking)
    await deletes.deleting
    const search = () => searchPassages({ db }, { projectId: place.projectId, query: 'walrus', limit: 5 })
    expect(await search()).toEqual([])
    const left = documents.reduce((sum, { prepared }) => sum + prepared.passages.length, 0)
    expect((await readStatistics(db.query, place.projectId)).passageCount).toBe(left)
  })

  it('cut off in the middle changes nothing, and what it left is cleared away later', async () => {
    await using db = await openTestDatabase(engine)
    const place = await aPlace(db)
    for (const { id, prepared } of someDocuments(20)) await addDocument(db, place, prepared, id)
    const before = await rank(db, place)
    const stopped = new AbortController()
    const merging = mergeSegments(db, await readSegments(db.query, place.projectId, 'visible'), stopped.signal)
    stopped.abort(new Error('killed'))
    await expect(merging).rejects.toThrow('killed')
    expect(await statesOf(db)).toContain('building')
    expect(await rank(db, place)).toEqual(before)
    const longAgo = '2026-01-01T00:00:00.000Z'
    await db.query.updateTable('index_segments').set({ touched_at: longAgo }).where('state', '=', 'building').execute()
    await tidyIndex(db, place.projectId, signal)
    expect(new Set(await statesOf(db))).toEqual(new Set(['visible']))
    expect(await rank(db, place)).toEqual(before)
  })

  it('what an older analyser indexed is indexed anew beside it, also after a kill, and swapped at once', async () => {
    await using db = await openTestDatabase(engine)
    const place = await aPlace(db)
    const documents = someDocuments(12)
    for (const { id, prepared } of documents) await addDocument(db, place, prepared, id)
    const before = await rank(db, place)
    await sql`update index_segments set version = 0`.execute(db.query)
    const { run } = createRebuildHandler({
      db,
      cutAgain: async () => undefined,
      embedNext: async () => async () => undefined,
      requestEmbedding: async () => undefined,
    })
    await inTransaction(db, (tx) => enqueueJob(tx, { projectId: place.projectId, kind: rebuildKind, payload: {} }))
    const [job] = await claimJobs(db, { node: 'a', kinds: [rebuildKind], limit: 1 })
    if (job === undefined) throw new Error('there is no job')
    let checks = 0
    const killed = { throwIfAborted: () => expect(checks++, 'killed').toBeLessThan(15) } as AbortSignal
    await expect(run(job, killed, new AsyncDisposableStack())).rejects.toThrow('killed')
    expect(new Set(await statesOf(db))).toEqual(new Set(['visible', 'next']))
    expect(await rank(db, place)).toEqual(before)
    const write = await run(job, signal, new AsyncDisposableStack())
    // Neither whole index is seen beside the other.
    expect(await rank(db, place)).toEqual(before)
    const late = aPreparedDocument(['A walrus, late.'])
    await addDocument(db, place, late)
    await inTransaction(db, write)
    expect(await searchPassages({ db }, { projectId: place.projectId, query: 'walrus', limit: 5 })).toHaveLength(1)
    const passages = documents.reduce((sum, { prepared }) => sum + prepared.passages.length, 0)
    expect((await readStatistics(db.query, place.projectId)).passageCount).toBe(passages + 1)
    await tidyIndex(db, place.projectId, signal)
    expect(new Set(await statesOf(db))).toEqual(new Set(['visible']))
    const left = await db.query.selectFrom('index_segments').select('version').distinct().execute()
    expect(left).toEqual([{ version: 1 }])
  })
})
