import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { runAgain } from '../../jobs/project-job-store.ts'
import { ModelError } from '../../models/language-model.ts'
import { pause } from '../pause.ts'
import { type PassageIndex, PassageIndexer, type PreparedDocument } from '../prepare-document.ts'
import { indexBeside } from './index-beside.ts'
import {
  dropOtherNext,
  isOutdated,
  listOutdated,
  type OutdatedDocument,
  readIndexedTexts,
  readIndexState,
  swapIndex,
} from './rebuild-store.ts'
import { requestTidying } from './request-tidying.ts'
import { passagesVersion } from './segment.ts'
import { listWithStalePassages, removeStaleSlice } from './stale-passages-store.ts'
import { findStanding } from './standing-store.ts'
import { tidyIndex } from './tidy-index.ts'

/** Searches that began before the swap are over by then. */
const afterSwapMs = 5_000
const embedAgainMs = 60_000

/** A document cut by today's rules; undefined when its file cannot be read, or gives another text by now. */
export type CutDocumentAgain = (
  document: OutdatedDocument & { readonly projectId: ProjectId },
  signal: AbortSignal,
) => Promise<PreparedDocument | undefined>

interface RebuildDependencies {
  readonly db: Database
  readonly cutAgain: CutDocumentAgain
  /**
   * Gives the passages of the index that is built their vectors, and says how to let them answer in place of the others;
   * throws `ModelError`.
   */
  readonly embedNext: (job: ClaimedJob, signal: AbortSignal) => Promise<(tx: Tx) => Promise<void>>
  readonly requestEmbedding: (tx: Tx, projectId: ProjectId) => Promise<void>
  /** After a project's segments changed. */
  readonly onTidied?: ((projectId: ProjectId) => Promise<void>) | undefined
}

/**
 * What an older release made is made anew beside it, then all of it takes the old one's place at one moment. Some seconds
 * later what was replaced is cleared away.
 */
export function createRebuildHandler(dependencies: RebuildDependencies): JobHandler {
  const { db, embedNext } = dependencies
  return {
    run: async (job, signal) => {
      await buildBeside(dependencies, job, signal)
      const { hasNext, isCutAnew } = await readIndexState(db.query, job.projectId)
      if (!hasNext) return await clearAway(dependencies, job, signal)
      try {
        const swapVectors = isCutAnew ? await embedNext(job, signal) : async () => undefined
        return async (tx) => {
          await swapIndex(tx, job.projectId)
          await swapVectors(tx)
          await requestTidying(tx, job.projectId)
          await runAgain(tx, job, afterSwapMs)
        }
      } catch (error) {
        signal.throwIfAborted()
        // Passages with their vectors would be replaced by passages without.
        if (error instanceof ModelError) return (tx) => runAgain(tx, job, embedAgainMs)
        throw error
      }
    },
    // What was built stays, unseen; the old index goes on answering, and the next start asks again.
    giveUp: async () => undefined,
  }
}

/**
 * In segments that no search sees yet, of passages that none finds. What arrives meanwhile is indexed as today. A restart
 * goes on with the documents that are left.
 */
async function buildBeside(dependencies: RebuildDependencies, job: ClaimedJob, signal: AbortSignal): Promise<void> {
  const { db } = dependencies
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    await dropOtherNext(tx, job.projectId)
  })
  for (let after: DocumentId | null = null; ; ) {
    const documents: OutdatedDocument[] = await listOutdated(db.query, job.projectId, after)
    if (documents.length === 0 && after === null) return
    for (const document of documents) {
      signal.throwIfAborted()
      await indexAgain(dependencies, job, document, signal)
    }
    // Otherwise it would be searched as thousands of segments at first.
    await tidyIndex(db, job.projectId, signal, 'next')
    after = documents.at(-1)?.documentId ?? null
  }
}

async function indexAgain(
  { db, cutAgain }: RebuildDependencies,
  job: ClaimedJob,
  document: OutdatedDocument,
  signal: AbortSignal,
): Promise<void> {
  const { projectId } = job
  const standing = await findStanding(db.query, projectId, document.documentId, ['visible'])
  const isCutAnew = standing !== undefined && standing.passagesVersion !== passagesVersion
  const cut = isCutAnew ? await cutAgain({ projectId, ...document }, signal) : undefined
  const stands = standing ?? { first: 0, passageCount: document.passageCount }
  const index = cut?.index ?? (await indexStored(db, projectId, { ...document, ...stands }, signal))
  const isWanted = async (tx: Tx) => {
    await requireHeldJob(db, tx, job)
    // Not when it was deleted meanwhile, or read anew.
    return await isOutdated(db, tx, projectId, document.documentId)
  }
  const { documentId, language } = document
  const place = { projectId, documentId, language: cut?.language ?? language, stands, passages: cut?.passages, index }
  await indexBeside(db, place, isWanted, signal)
}

async function indexStored(
  db: Database,
  projectId: ProjectId,
  document: Pick<OutdatedDocument, 'documentId' | 'language' | 'passageCount'> & { readonly first: number },
  signal: AbortSignal,
): Promise<PassageIndex> {
  const indexer = new PassageIndexer(document.language)
  for await (const passage of readIndexedTexts(db.query, projectId, document.documentId, document)) {
    indexer.add(passage)
    await pause()
    signal.throwIfAborted()
  }
  return indexer.finish()
}

/** Passages that are searched no more, a few at a time. */
async function clearAway(
  { db, requestEmbedding, onTidied }: RebuildDependencies,
  job: ClaimedJob,
  signal: AbortSignal,
): Promise<(tx: Tx) => Promise<void>> {
  const { projectId } = job
  for (let after: DocumentId | null = null; ; ) {
    const documents: Awaited<ReturnType<typeof listWithStalePassages>> = await listWithStalePassages(
      db.query,
      projectId,
      after,
    )
    for (const document of documents) {
      for (let isDone = false; !isDone; ) {
        signal.throwIfAborted()
        isDone = await inTransaction(db, async (tx) => {
          await requireHeldJob(db, tx, job)
          return await removeStaleSlice(tx, projectId, document)
        })
        await new Promise(setImmediate)
      }
    }
    after = documents.at(-1)?.documentId ?? null
    if (after === null) break
  }
  await tidyIndex(db, projectId, signal)
  await onTidied?.(projectId)
  return (tx) => requestEmbedding(tx, projectId)
}
