import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDocument, aPreparedDocument, aSource } from '../../../test/support/documents.ts'
import { openPglite } from '../../../test/support/pglite.ts'
import { aProject } from '../../../test/support/projects.ts'
import { until } from '../../../test/support/start-test-app.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import { createProcessWakeUp } from '../../database/wake-up.ts'
import type { ProjectId } from '../../ids.ts'
import { claimJobs } from '../../jobs/claim-store.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { createLogger } from '../../logger.ts'
import { readTextSlice, wholeText } from '../document-text-store.ts'
import { searchPassagesInDetail } from '../search-passages.ts'
import { type CutDocumentAgain, createRebuildHandler } from '../words/rebuild-index.ts'
import { catchUpIndexing, rebuildKind } from '../words/request-rebuilding.ts'
import { tidyIndex } from '../words/tidy-index.ts'
import { createTextsearchHandler } from './index-project.ts'
import { openTextsearch } from './open-word-index.ts'
import { textsearchKind } from './request-textsearch.ts'

const logger = createLogger('silent')
const signal = new AbortController().signal
const documentCount = 24
const words = ['lion', 'zebra', 'owl', 'whale', 'gnu', 'yak', 'ibex', 'emu', 'running']
const queries = ['lion', 'gnu ibex owl owl yak lion', 'own7', 'runs', 'own7 own8 zebra']

/** What a node does with its jobs, one step at a time. */
function openWorker(db: Database, projectId: ProjectId) {
  const cutAgain: CutDocumentAgain = async ({ documentId, language }) => {
    const text = (await readTextSlice(db.query, { projectId, documentId }, wholeText)) ?? ''
    const paragraphs = text.split('\n\n')
    const pairs = paragraphs.flatMap((_, i) => (i % 2 === 0 ? [paragraphs.slice(i, i + 2).join('\n\n')] : []))
    return aPreparedDocument(pairs, { language })
  }
  const handlers: Record<string, JobHandler> = {
    [textsearchKind]: createTextsearchHandler({ db }),
    [rebuildKind]: createRebuildHandler({
      db,
      cutAgain,
      embedNext: async () => async () => undefined,
      requestEmbedding: async () => undefined,
    }),
  }
  const claim = async (kind: string): Promise<ClaimedJob | undefined> => {
    await db.query.updateTable('jobs').set({ run_after: '2020-01-01T00:00:00.000Z' }).execute()
    const [job] = await claimJobs(db, { node: 'a', kinds: [kind], limit: 1 })
    return job
  }
  /** Up to its end, whose transaction is the caller's to run. */
  const begin = async (kind: string, by = signal) => {
    const job = await claim(kind)
    if (job === undefined) return undefined
    const write = await handlers[kind]?.run(job, by, new AsyncDisposableStack())
    return async () => {
      await inTransaction(db, async (tx) => await write?.(tx))
      // As the worker ends what was not queued again.
      await db.query
        .updateTable('jobs')
        .set({ state: 'completed', lease_expires_at: null })
        .where('id', '=', job.id)
        .where('state', '=', 'running')
        .execute()
    }
  }
  return {
    begin,
    /** False when there is nothing to do. */
    run: async (kind: string) => {
      const end = await begin(kind)
      await end?.()
      return end !== undefined
    },
    /** Begins and dies at a check of its signal; as its node, whose lease runs out. */
    kill: async (kind: string, atCheck: number) => {
      let checks = 0
      const killed = { throwIfAborted: () => expect(checks++, 'killed').toBeLessThan(atCheck) } as AbortSignal
      await expect(begin(kind, killed)).rejects.toThrow('killed')
      await db.query.updateTable('jobs').set({ state: 'queued', lease_owner: null, lease_expires_at: null }).execute()
    },
  }
}

async function openWorld(db: Database) {
  const place = await aSource(db, (await aProject(db)).projectId)
  const { projectId } = place
  for (let i = 0; i < documentCount; i++) {
    const passages = Array.from({ length: 2 + (i % 6) }, (_, j) =>
      [
        ...Array.from({ length: 3 + ((i * (j + 3)) % 41) }, (_, k) => words[(i * 7 + j * k * 3 + k) % 9]),
        `own${i}`,
      ].join(' '),
    )
    await addDocument(db, place, aPreparedDocument(passages))
  }
  await tidyIndex(db, projectId, signal)
  const textsearch = await openTextsearch({ db, logger }, { textsearchFrom: 10 })
  if (textsearch === undefined) throw new Error('PGlite has no pg_textsearch')
  const ask = async (by: typeof textsearch.words | undefined) =>
    await Promise.all(
      queries.map(async (query) => {
        const found = await searchPassagesInDetail({ db, words: by }, { projectId, query, filter: {}, limit: 20 })
        const places = found.passages.map(({ documentId, number, text, score }) => ({
          documentId,
          number,
          text,
          score,
        }))
        return { index: found.details.words.index, places }
      }),
    )
  const worker = openWorker(db, projectId)
  await textsearch.requestWhenLarge(projectId)
  expect(await worker.run(textsearchKind)).toBe(true)
  /** Both say the same, whoever answers; by which it was, and which passages of the first query. */
  const compare = async () => {
    const [found, expected] = [await ask(textsearch.words), await ask(undefined)]
    expect(found.map(({ places }) => places)).toEqual(expected.map(({ places }) => places))
    expect(expected.every(({ places }) => places.length > 0)).toBe(true)
    return {
      index: [...new Set(found.map(({ index }) => index))],
      isPaired: found.some(({ places }) => places.some(({ text }) => text.includes('\n\n'))),
    }
  }
  /** As an older release left it, and as the next start finds it. */
  const age = async () => {
    await sql`update index_segments set passages_version = 0 where project_id = ${projectId}`.execute(db.query)
    await using wakeUp = createProcessWakeUp()
    await using _ = catchUpIndexing({ db, wakeUp, logger })
    const jobs = db.query
      .selectFrom('jobs')
      .select('id')
      .where('project_id', '=', projectId)
      .where('kind', '=', rebuildKind)
    await until(
      () => jobs.where('state', '!=', 'completed').execute(),
      ({ length }) => length > 0,
    )
  }
  return { projectId, textsearch, worker, compare, age }
}

describe('a project that pg_textsearch searches and whose passages are cut anew', () => {
  let db: Database
  beforeAll(async () => {
    db = await openPglite()
  }, 60_000)
  afterAll(() => db[Symbol.asyncDispose]())

  it('gives the results of the segments before, after a kill, after the swap and when it is whole again', async () => {
    const { projectId, textsearch, worker, compare, age } = await openWorld(db)
    expect(await compare()).toEqual({ index: ['pg_textsearch'], isPaired: false })
    await age()
    await worker.kill(rebuildKind, 9)
    expect(await compare()).toEqual({ index: ['pg_textsearch'], isPaired: false })
    expect(await worker.run(rebuildKind)).toBe(true)
    expect(await compare()).toEqual({ index: ['postings'], isPaired: true })
    await textsearch.requestWhenLarge(projectId)
    await worker.kill(textsearchKind, 9)
    expect(await compare()).toEqual({ index: ['postings'], isPaired: true })
    expect(await worker.run(rebuildKind)).toBe(true)
    expect(await compare()).toEqual({ index: ['postings'], isPaired: true })
    expect(await worker.run(textsearchKind)).toBe(true)
    expect(await compare()).toEqual({ index: ['pg_textsearch'], isPaired: true })
  }, 60_000)

  it('is indexed by it again when the swap came while it was being indexed', async () => {
    const { projectId, textsearch, worker, compare, age } = await openWorld(db)
    await db.query.updateTable('textsearch_projects').set({ version: 0 }).where('project_id', '=', projectId).execute()
    await textsearch.requestWhenLarge(projectId)
    const end = await worker.begin(textsearchKind)
    expect(end).toBeDefined()
    await age()
    expect(await worker.run(rebuildKind)).toBe(true)
    await textsearch.requestWhenLarge(projectId)
    await end?.()
    expect(await compare()).toEqual({ index: ['postings'], isPaired: true })
    expect(await worker.run(textsearchKind)).toBe(true)
    expect(await compare()).toEqual({ index: ['pg_textsearch'], isPaired: true })
  }, 60_000)
})
