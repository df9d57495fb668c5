import type { Tx } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import type { FileId, SourceId } from '../ids.ts'
import type { ClaimedJob, GiveUpReason, JobHandler, NewJob } from '../jobs/job.ts'
import { enqueueJob } from '../jobs/job-store.ts'
import { requestClearing } from '../retrieval/words/request-tidying.ts'
import { readUploaded } from './read-upload.ts'
import { hasFile, type SourceRef } from './source.ts'
import { uploadedFileId } from './source-file.ts'
import { countFiles, explainUnread, failUnread, findFile } from './source-file-store.ts'
import { findSource, lockSource, updateSource } from './source-store.ts'
import { readUpload } from './syncs/run-sync.ts'
import { type SyncDependencies, SyncSession } from './syncs/sync-session.ts'

/** What was wrong with the server three times in a row may be over by then. */
const goOnAfterMs = 60_000

export const ingestKind = 'ingest-source'

export function ingestJob({ projectId, sourceId }: SourceRef): NewJob {
  return { projectId, kind: ingestKind, payload: { sourceId } }
}

function uploadOf({ projectId, payload }: ClaimedJob) {
  // Written by ingestJob.
  const sourceId = payload['sourceId'] as SourceId
  return { projectId, sourceId, fileId: uploadedFileId(sourceId) }
}

/** Reads an upload and puts its passages in the index. After a crash it goes on with what is not read yet. */
export function createIngestHandler(dependencies: SyncDependencies): JobHandler {
  const parser: SyncDependencies['parser'] = {
    parse: (request) => dependencies.parser.parse({ ...request, isAwaited: true }),
  }
  return {
    run: async (job, signal, held) => {
      const source = await findSource(dependencies.db.query, uploadOf(job))
      // Deleted meanwhile: there is nothing to do and nothing to say.
      if (source === undefined) return async () => undefined
      const reading = { ...dependencies, parser }
      const write = await readUploaded(reading, { job, source, signal, held })
      if (write !== undefined) return write
      await using session = await SyncSession.open(reading, { job, source })
      await readUpload(session, signal)
      return (tx) => describeArchive(tx, uploadOf(job))
    },
    giveUp: async (tx, job, reason) => {
      const ref = uploadOf(job)
      await failUnread(tx, ref, giveUpSentence(reason))
      const file = await findFile(tx, ref)
      if (file?.status === 'failed') {
        const status = file.document_id === null ? 'error' : 'connected'
        await updateSource(tx, ref, { status, error: file.reason })
      } else await describeArchive(tx, ref)
      await requestClearing(tx, job.projectId)
    },
  }
}

/** What a training began to read of an upload, and had to leave, is read by a job of its own, later. */
export async function leaveUnread(
  { db }: Pick<SyncDependencies, 'db'>,
  tx: Tx,
  ref: SourceRef,
  reason: GiveUpReason,
): Promise<void> {
  const source = await lockSource(db, tx, ref)
  const sentence =
    reason === 'died'
      ? 'The server stopped three times while a training read this.'
      : 'A training failed three times to read this because of a fault in the server; its log says more.'
  if (source === undefined || !hasFile(source) || !(await explainUnread(tx, ref, sentence))) return
  await updateSource(tx, ref, { error: `${sentence} It is tried again by itself.` })
  await enqueueJob(tx, ingestJob(ref), { notBefore: databaseTime(db, goOnAfterMs) })
}

/** What stands at the source of an archive: how many of its members could not be read. */
export async function describeArchive(tx: Tx, ref: SourceRef & { readonly fileId: FileId }): Promise<void> {
  const file = await findFile(tx, ref)
  if (file?.status !== 'unpacked') return
  const counts = await countFiles(tx, ref)
  const of = (status: string) => counts.find((count) => count.status === status)?.files ?? 0
  const all = of('indexed') + of('skipped') + of('failed')
  const error = of('failed') === 0 ? null : `${of('failed')} of ${all} files in it could not be read.`
  await updateSource(tx, ref, { status: of('indexed') === 0 && all > 0 ? 'error' : 'connected', error })
}

export function giveUpSentence(reason: GiveUpReason): string {
  return reason === 'died'
    ? 'The server stopped three times while it read this; it was not tried again.'
    : 'Reading this failed three times because of a fault in the server; its log says more.'
}
