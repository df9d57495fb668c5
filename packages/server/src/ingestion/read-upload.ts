import type { Tx } from '../database/database.ts'
import { inUnsyncedTransaction } from '../database/unsynced.ts'
import type { ClaimedJob } from '../jobs/job.ts'
import { archiveKindOf, readHead } from './archives/archive-kind.ts'
import { type ReadFile, readFile } from './files/read-file.ts'
import { indexFile } from './index-file.ts'
import type { Source } from './source.ts'
import { fileRef, type SourceFile, uploadedFile } from './source-file.ts'
import { claimFile, findFile, unclaimFile } from './source-file-store.ts'
import { isLargeFile, stageFile } from './stage-file.ts'
import type { SyncDependencies } from './syncs/sync-session.ts'

interface UploadReading {
  readonly job: ClaimedJob
  readonly source: Source
  readonly signal: AbortSignal
  /** What the transaction needs; disposed after it. */
  readonly held: AsyncDisposableStack
}

/**
 * Reads an upload that is one document, as most are; what it returns puts it in the index, in the transaction that ends
 * its job. Undefined for what takes more than that: an archive, what an attempt that died left, what was read already.
 */
export async function readUploaded(
  dependencies: SyncDependencies,
  { job, source, signal, held }: UploadReading,
): Promise<((tx: Tx) => Promise<void>) | undefined> {
  const { db } = dependencies
  const ref = uploadedFile(source)
  const found = job.attempt === 1 ? await findFile(db.query, ref) : undefined
  if (found === undefined || found.status !== 'fetched' || found.attempt > 0) return undefined
  const read = await readDocument(dependencies, found, signal)
  if (read === undefined) return undefined
  held.use(read)
  // Counted before anything is written of it, so that whoever comes after this attempt knows what to clear away.
  const isCounted = isLargeFile(read)
  const file = isCounted ? await inUnsyncedTransaction(db, (tx) => claimFile(tx, ref, 'fetched')) : found
  if (file === undefined) return undefined
  try {
    const reader = { ...dependencies, job, ref: { projectId: source.project_id, sourceId: source.id } }
    const staged = held.use(await stageFile(reader, file, read, signal))
    return async (tx) => {
      await indexFile(dependencies, tx, file, read, staged)
    }
  } catch (error) {
    if (isCounted) await unclaimFile(db.query, ref)
    throw error
  }
}

async function readDocument(
  dependencies: SyncDependencies,
  file: SourceFile,
  signal: AbortSignal,
): Promise<ReadFile | undefined> {
  await using original = await dependencies.files.materialize(fileRef(file))
  if (original === undefined) return undefined
  const { path } = original
  const head = await readHead(path)
  return archiveKindOf(head, file.name) === undefined
    ? await readFile(dependencies, file, { path, head, signal })
    : undefined
}
