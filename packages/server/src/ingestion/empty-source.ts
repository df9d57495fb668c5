import { type Database, inTransaction, now, type Tx } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { JobId } from '../ids.ts'
import { announceWithdrawn } from '../jobs/job.ts'
import { withdrawJobs } from '../jobs/job-store.ts'
import { removeSomeDocuments } from '../retrieval/document-store.ts'
import type { FileStore } from './files/file-store.ts'
import { ingestJob } from './ingest-source.ts'
import type { SourceRef } from './source.ts'
import type { FileRef } from './source-file.ts'
import { deleteFiles, listDocumentsOf, listFileIds } from './source-file-store.ts'
import { lockSource, updateSource } from './source-store.ts'
import { syncJob } from './syncs/source-sync.ts'
import { updateSync } from './syncs/source-sync-store.ts'

/** Taken out in one transaction: more would keep others from SQLite's one connection, and the thread, for long. */
export const filesPerStep = 100

interface EmptyingDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly wakeUp: WakeUp
}

/**
 * Takes all but the last files of a source that is about to be deleted, with their documents, in steps that others take
 * turns with. A source that a kill leaves half empty says how much it has, and its next sync lists it from the beginning.
 */
export async function emptySource(dependencies: EmptyingDependencies, ref: SourceRef): Promise<void> {
  const { db, files, wakeUp } = dependencies
  while ((await listFileIds(db.query, ref, filesPerStep + 1)).length > filesPerStep) {
    const { jobs, removed } = await inTransaction(db, async (tx) => {
      // Job before source, the order in which the worker takes them.
      const jobs = await withdrawSourceJobs(tx, ref)
      return { jobs, removed: await takeStep(dependencies, tx, ref) }
    })
    announceWithdrawn(wakeUp, jobs)
    for (const file of removed) await files.discard(file)
    await new Promise(setImmediate)
  }
}

export async function withdrawSourceJobs(tx: Tx, ref: SourceRef): Promise<JobId[]> {
  return [...(await withdrawJobs(tx, ingestJob(ref))), ...(await withdrawJobs(tx, syncJob(ref)))]
}

async function takeStep({ db, files }: EmptyingDependencies, tx: Tx, ref: SourceRef): Promise<FileRef[]> {
  const source = await lockSource(db, tx, ref)
  if (source === undefined) return []
  const taken = await listFileIds(tx, ref, filesPerStep)
  const documents = await listDocumentsOf(tx, ref, taken)
  const passages = documents.reduce((sum, { passageCount }) => sum + passageCount, 0)
  const documentIds = documents.map(({ id }) => id)
  await removeSomeDocuments(tx, ref.projectId, documentIds)
  const removed = (await deleteFiles(tx, ref, { ids: taken, documentIds })).map((fileId) => {
    return { projectId: ref.projectId, fileId }
  })
  for (const file of removed) await files.remove(tx, file)
  const items = source.items_done - passages
  const status = items > 0 ? 'connected' : 'configured'
  await updateSource(tx, ref, { items_done: items, items_total: items, status, error: null })
  const stopped = { state: 'cancelled', job_id: null, waiting_until: null, ended_at: now() } as const
  await updateSync(tx, ref, { ...stopped, cursor: null, listed_at: null })
  return removed
}
