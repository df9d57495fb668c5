import { type Database, inTransaction } from '../../database/database.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { pause } from '../pause.ts'
import { PassageIndexer } from '../prepare-document.ts'
import { isOutdated, listOutdated, type OutdatedDocument, readIndexedTexts, swapIndex } from './rebuild-store.ts'
import { requestTidying } from './request-tidying.ts'
import { insertDocumentSegment } from './segment-store.ts'

export function createRebuildHandler({ db }: { db: Database }): JobHandler {
  return {
    run: async (job, signal) => {
      await buildBeside(db, job, signal)
      return async (tx) => {
        await swapIndex(tx, job.projectId)
        await requestTidying(tx, job.projectId)
      }
    },
    // What was built stays, unseen; the old index goes on answering, and the next start asks again.
    giveUp: async () => undefined,
  }
}

/**
 * Indexes what an older analyser indexed, or nobody, from the stored passages, in segments that no search sees yet. What
 * arrives meanwhile is indexed as today. A restart goes on with the documents that are left.
 */
async function buildBeside(db: Database, job: ClaimedJob, signal: AbortSignal): Promise<void> {
  for (;;) {
    const documents = await listOutdated(db.query, job.projectId)
    if (documents.length === 0) return
    for (const document of documents) {
      signal.throwIfAborted()
      await indexAgain(db, job, document, signal)
    }
  }
}

async function indexAgain(
  db: Database,
  job: ClaimedJob,
  { documentId, language, passageCount }: OutdatedDocument,
  signal: AbortSignal,
): Promise<void> {
  const { projectId } = job
  const indexer = new PassageIndexer(language)
  for await (const passage of readIndexedTexts(db.query, projectId, documentId)) {
    indexer.add(passage)
    await pause()
    signal.throwIfAborted()
  }
  const index = indexer.finish()
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    // Deleted meanwhile, or read anew.
    if (!(await isOutdated(db, tx, projectId, documentId))) return
    await insertDocumentSegment(tx, { projectId, documentId, language, passageCount }, index, 'next')
  })
}
