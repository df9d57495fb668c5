import { type Database, inTransaction } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import type { JobHandler } from '../../jobs/job.ts'
import { PassageIndexer } from '../prepare-document.ts'
import { listOutdated, lockDocument, type OutdatedDocument, readIndexedTexts, swapIndex } from './rebuild-store.ts'
import { requestTidying } from './request-tidying.ts'
import { createPause } from './score-bm25.ts'
import { insertDocumentSegment } from './segment-store.ts'

/** Asked for by the migration that began to keep segments. */
export const rebuildKind = 'rebuild-index'

export function createRebuildHandler({ db }: { db: Database }): JobHandler {
  return {
    run: async ({ projectId }, signal) => {
      await buildBeside(db, projectId, signal)
      return async (tx) => {
        await swapIndex(tx, projectId)
        await requestTidying(tx, projectId)
      }
    },
    // What was built stays, unseen; the old index goes on answering.
    giveUp: async () => undefined,
  }
}

/**
 * Indexes what an older analyser indexed, or nobody, from the stored passages, in segments that no search sees yet. What
 * arrives meanwhile is indexed as today. A restart goes on with the documents that are left.
 */
async function buildBeside(db: Database, projectId: ProjectId, signal: AbortSignal): Promise<void> {
  for (;;) {
    const documents = await listOutdated(db.query, projectId)
    if (documents.length === 0) return
    for (const document of documents) {
      signal.throwIfAborted()
      await indexAgain(db, projectId, document, signal)
    }
  }
}

async function indexAgain(
  db: Database,
  projectId: ProjectId,
  { documentId, language, passageCount }: OutdatedDocument,
  signal: AbortSignal,
): Promise<void> {
  const pause = createPause()
  const indexer = new PassageIndexer(language)
  for await (const passage of readIndexedTexts(db.query, projectId, documentId)) {
    indexer.add(passage)
    await pause()
    signal.throwIfAborted()
  }
  const index = indexer.finish()
  await inTransaction(db, async (tx) => {
    // Deleted meanwhile: there is nothing to index.
    if (!(await lockDocument(db, tx, projectId, documentId))) return
    await insertDocumentSegment(tx, { projectId, documentId, language, passageCount }, index, 'next')
  })
}
