import { type Database, inTransaction } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { runAgain, wasAskedAgain } from '../../jobs/project-job-store.ts'
import { pause } from '../pause.ts'
import { PassageIndexer } from '../prepare-document.ts'
import { readIndexedTexts } from '../words/rebuild-store.ts'
import { analyserVersion } from '../words/segment.ts'
import { findStanding } from '../words/standing-store.ts'
import { listPassageTerms } from './passage-terms.ts'
import {
  activateTextsearch,
  awaitStoring,
  beginTextsearch,
  createTermIndex,
  dropUnusedTermIndexes,
  findTextsearchProject,
  holdDocument,
  insertPassageTerms,
  listUntermed,
  removeTermSlice,
} from './textsearch-store.ts'

/** Beside the segments, which answer until it is whole: then one update switches. */
export function createTextsearchHandler({ db }: { db: Database }): JobHandler {
  return {
    run: async (job, signal) => {
      await prepareProject(db, job, signal)
      await storeMissingTerms(db, job, signal)
      await createTermIndex(db.query, job.projectId)
      await dropUnusedTermIndexes(db.query)
      return async (tx) => {
        await activateTextsearch(tx, job.projectId)
        // Other passages took the place of those that were read, say.
        if (await wasAskedAgain(tx, job)) await runAgain(tx, job, 0)
      }
    },
    // What was built stays, unseen, for the next attempt; the segments go on answering.
    giveUp: async () => undefined,
  }
}

async function prepareProject(db: Database, job: ClaimedJob, signal: AbortSignal): Promise<void> {
  const { projectId } = job
  const known = await findTextsearchProject(db.query, projectId)
  const isStale = known !== undefined && known.version !== analyserVersion
  for (let isMore = isStale; isMore; ) {
    signal.throwIfAborted()
    isMore = await removeTermSlice(db.query, projectId)
  }
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    await beginTextsearch(tx, projectId)
  })
  await inTransaction(db, (tx) => awaitStoring(tx, projectId))
}

/** From the stored passages; a restart goes on with the documents that are left. */
async function storeMissingTerms(db: Database, job: ClaimedJob, signal: AbortSignal): Promise<void> {
  for (let after: DocumentId | undefined; ; ) {
    const documents = await listUntermed(db.query, job.projectId, after)
    for (const document of documents) await storeMissing(db, job, document, signal)
    after = documents.at(-1)?.documentId
    if (after === undefined) return
  }
}

type UntermedDocument = Awaited<ReturnType<typeof listUntermed>>[number]

async function storeMissing(
  db: Database,
  job: ClaimedJob,
  { documentId, language, passageCount }: UntermedDocument,
  signal: AbortSignal,
): Promise<void> {
  const { projectId } = job
  const stands = (await findStanding(db.query, projectId, documentId, ['visible'])) ?? { first: 0, passageCount }
  const indexer = new PassageIndexer(language)
  for await (const passage of readIndexedTexts(db.query, projectId, documentId, stands)) {
    indexer.add(passage)
    await pause()
    signal.throwIfAborted()
  }
  const texts = await listPassageTerms(indexer.finish().blocks, stands.passageCount)
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    // Deleted meanwhile: there is nothing to index.
    if (await holdDocument(tx, projectId, documentId))
      await insertPassageTerms(tx, { projectId, documentId }, texts, stands.first)
  })
}
