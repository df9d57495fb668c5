import type { Database } from '../database/database.ts'
import type { SourceId } from '../ids.ts'
import type { ClaimedJob, GiveUpReason, JobHandler, NewJob } from '../jobs/job.ts'
import { indexFile } from './index-file.ts'
import { type ReadDependencies, readFile } from './read-file.ts'
import type { SourceRef } from './source.ts'
import { uploadedFileId } from './source-file.ts'
import { findFile, updateFile } from './source-file-store.ts'
import { updateSource } from './source-store.ts'

export const ingestKind = 'ingest-source'

export function ingestJob({ projectId, sourceId }: SourceRef): NewJob {
  return { projectId, kind: ingestKind, payload: { sourceId } }
}

export interface IngestDependencies extends ReadDependencies {
  readonly db: Database
}

function uploadOf({ projectId, payload }: ClaimedJob) {
  // Written by ingestJob.
  const sourceId = payload['sourceId'] as SourceId
  return { projectId, sourceId, fileId: uploadedFileId(sourceId) }
}

/** Reads an upload's file and puts its passages in the index. Runs again from the start after a crash, with the same result. */
export function createIngestHandler(dependencies: IngestDependencies): JobHandler {
  const { db } = dependencies
  return {
    run: async (job, signal) => {
      const file = await findFile(db.query, uploadOf(job))
      // Deleted meanwhile: there is nothing to do and nothing to say.
      if (file === undefined) return async () => undefined
      const outcome = await readFile(dependencies, file, signal)
      return async (tx) => void (await indexFile(db, tx, file, outcome))
    },
    giveUp: async (tx, job, reason) => {
      const error = giveUpSentence(reason)
      await updateSource(tx, uploadOf(job), { status: 'error', error })
      await updateFile(tx, uploadOf(job), { status: 'failed', outcome: 'failed', reason: error })
    },
  }
}

export function giveUpSentence(reason: GiveUpReason): string {
  return reason === 'died'
    ? 'The server stopped three times while it read this; it was not tried again.'
    : 'Reading this failed three times because of a fault in the server; its log says more.'
}
