import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { DocumentId, JobId, ProjectId } from '../../ids.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { hasOtherJobs, requestProjectJob, runAgain, wasAskedAgain } from '../../jobs/project-job-store.ts'
import type { Logger } from '../../logger.ts'
import type { Embeddings } from '../../models/embed.ts'
import { ModelError } from '../../models/language-model.ts'
import { embedRanges, type PassageRange } from './embed-passages.ts'
import {
  activateSet,
  createEmbeddingSet,
  type EmbeddingSet,
  isKept,
  listEmbeddingSets,
  recountVectors,
  updateEmbeddingSet,
} from './embedding-set-store.ts'
import { findDocumentProgress, listUnembedded } from './embedding-store.ts'
import { removeSet, removeUnusedTexts } from './remove-embeddings-store.ts'
import type { VectorIndex } from './vector-query.ts'

export const embedKind = 'embed-project'
/** Passages of one row: at 1,536 numbers each, 400 kB. */
const passagesPerBlock = 256
/** Passages that are looked up, embedded and stored together. */
const passagesPerStep = 512
/** While the project is being read, new passages come all the time. */
const whileReadingMs = 2_000
/** Searches that began before the swap are over by then. */
const afterSwapMs = 5_000
const firstPauseMs = 10_000
const longestPauseMs = 10 * 60_000

interface EmbedProjectDependencies {
  readonly db: Database
  readonly embeddings: Embeddings
  readonly index: VectorIndex
  readonly logger: Logger
}

/** Rides the transaction that changed a project's documents. */
export async function requestEmbedding(tx: Tx, projectId: ProjectId): Promise<void> {
  // The project's own id: nothing else of this kind has it, and no other job can.
  await requestProjectJob(tx, { projectId, kind: embedKind, id: projectId as string as JobId })
}

/**
 * Gives every passage of a project its vector by the configured model, then lets searches use them. What another model
 * made goes on answering until then, and is removed afterwards. An endpoint that fails is tried again later, for ever:
 * meanwhile words find everything.
 */
export function createEmbedHandler(dependencies: EmbedProjectDependencies): JobHandler {
  const { db, index, logger } = dependencies
  return {
    run: async (job, signal) => {
      const set = await prepareSets(dependencies, job, signal)
      try {
        const embedded = await embedAll(dependencies, job, set, signal)
        await removeWhatWent(db, job, set, signal)
        await index.refresh(embedded, (tx) => requireHeldJob(db, tx, job), signal)
        return (tx) => finish(tx, job, set)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModelError)) throw error
        if (set.failures === 0) {
          logger.warn({ project: job.projectId, model: set.model, error: error.message }, 'passages cannot be embedded')
        }
        return (tx) => recordFailure(tx, job, set, error)
      }
    },
    giveUp: async (tx, job) => {
      const error = 'Embedding failed three times because of a fault in the server; its log says more.'
      for (const set of await listEmbeddingSets(tx, job.projectId)) await updateEmbeddingSet(tx, set, { error })
    },
  }
}

/** Removes what was replaced, and finds or makes the set to be completed. */
async function prepareSets(
  { db, embeddings }: EmbedProjectDependencies,
  job: ClaimedJob,
  signal: AbortSignal,
): Promise<EmbeddingSet> {
  const sets = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    const found = await listEmbeddingSets(tx, job.projectId)
    const isLeftHalf = (set: EmbeddingSet) => set.state === 'building' && set.model !== embeddings.model
    for (const set of found) if (isLeftHalf(set)) await updateEmbeddingSet(tx, set, { state: 'retired' })
    return found.map((set): EmbeddingSet => (isLeftHalf(set) ? { ...set, state: 'retired' } : set))
  })
  for (const set of sets) if (set.state === 'retired') await removeSet(db, set, signal)
  const current = sets.find((set) => isKept(set) && set.model === embeddings.model)
  if (current !== undefined) return current
  return await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    return await createEmbeddingSet(tx, job.projectId, embeddings.model)
  })
}

export async function embedAll(
  dependencies: Pick<EmbedProjectDependencies, 'db' | 'embeddings'>,
  job: ClaimedJob,
  start: EmbeddingSet,
  signal: AbortSignal,
): Promise<EmbeddingSet> {
  const { db } = dependencies
  const requireHeld = (tx: Tx) => requireHeldJob(db, tx, job)
  let set = start
  let ranges: PassageRange[] = []
  const embedWaiting = async () => {
    set = await embedRanges({ ...dependencies, requireHeld }, set, ranges, signal)
    ranges = []
  }
  for (let after: DocumentId | null = null; ; ) {
    const { documents, next } = await listUnembedded(db.query, set, after)
    for (const documentId of documents) {
      for (const range of await rangesOf(dependencies, set, documentId)) {
        signal.throwIfAborted()
        ranges.push(range)
        if (ranges.reduce((sum, { count }) => sum + count, 0) >= passagesPerStep) await embedWaiting()
      }
    }
    if (next === null) break
    after = next
    await new Promise(setImmediate)
  }
  if (ranges.length > 0) await embedWaiting()
  return set
}

/** The blocks that a document still lacks, the last numbered 0; a document without passages has one, empty. */
async function rangesOf(
  { db }: Pick<EmbedProjectDependencies, 'db'>,
  set: EmbeddingSet,
  documentId: DocumentId,
): Promise<PassageRange[]> {
  const { end, done } = await findDocumentProgress(db.query, set, documentId)
  const count = Math.max(1, Math.ceil((end - done) / passagesPerBlock))
  return Array.from({ length: count }, (_, i) => {
    const first = done + i * passagesPerBlock
    const size = Math.max(0, Math.min(passagesPerBlock, end - first))
    return { documentId, blocksAfter: count - 1 - i, first, count: size }
  })
}

async function removeWhatWent(db: Database, job: ClaimedJob, set: EmbeddingSet, signal: AbortSignal): Promise<void> {
  const hasLost = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    return await recountVectors(tx, set)
  })
  if (hasLost) await removeUnusedTexts(db, set, signal)
}

async function finish(tx: Tx, job: ClaimedJob, { id, projectId }: EmbeddingSet): Promise<void> {
  const set = { projectId, id }
  await updateEmbeddingSet(tx, set, { failures: 0, error: null })
  if (await wasAskedAgain(tx, job)) return await runAgain(tx, job, 0)
  const sets = (await listEmbeddingSets(tx, projectId)).filter(({ state }) => state !== 'next')
  if (sets.some((other) => other.id === id && other.state !== 'active')) await activateSet(tx, set)
  if (sets.some((other) => other.id !== id)) return await runAgain(tx, job, afterSwapMs)
  if (await hasOtherJobs(tx, job)) await runAgain(tx, job, whileReadingMs)
}

async function recordFailure(tx: Tx, job: ClaimedJob, set: EmbeddingSet, error: ModelError): Promise<void> {
  await updateEmbeddingSet(tx, set, { failures: set.failures + 1, error: error.message })
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(set.failures, 10))
  await runAgain(tx, job, Math.min(longestPauseMs, Math.max(pause, error.retry?.afterMs ?? 0)))
}
