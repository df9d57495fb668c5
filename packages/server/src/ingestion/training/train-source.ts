import { inTransaction } from '../../database/database.ts'
import type { ClaimedJob } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { missingFields } from '../check-configuration.ts'
import { describeArchive } from '../ingest-source.ts'
import { hasFile, type Source } from '../source.ts'
import { uploadedFile } from '../source-file.ts'
import { readAgain } from '../source-file-store.ts'
import { lockSource } from '../source-store.ts'
import { findSourceType } from '../source-types.ts'
import { beginSync } from '../syncs/manage-sync.ts'
import { readUpload, runSync, type SyncEnd } from '../syncs/run-sync.ts'
import { findSync, insertSync, lockSync } from '../syncs/source-sync-store.ts'
import { type SyncDependencies, SyncSession } from '../syncs/sync-session.ts'
import { endSync } from '../syncs/sync-source.ts'

/** Reads one source for a training; returns why it could not be reached or synced, in words. */
export async function trainSource(
  dependencies: SyncDependencies,
  job: ClaimedJob,
  source: Source,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (hasFile(source)) return await trainUpload(dependencies, job, source, signal)
  if (findSourceType(source.type)?.kind === 'cloud') return await trainConnected(dependencies, job, source, signal)
  return 'No file has been uploaded to it.'
}

/** An upload that nobody can read fails no training: its reason stands at the file, and in the report. */
async function trainUpload(
  dependencies: SyncDependencies,
  job: ClaimedJob,
  source: Source,
  signal: AbortSignal,
): Promise<undefined> {
  const { db } = dependencies
  const ref = { projectId: source.project_id, sourceId: source.id }
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    if ((await lockSource(db, tx, ref)) !== undefined) await readAgain(tx, ref)
  })
  await using session = await SyncSession.open(dependencies, { job, source })
  await readUpload(session, signal)
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    if ((await lockSource(db, tx, ref)) === undefined) return
    await describeArchive(tx, { ...ref, fileId: uploadedFile(source).fileId })
  })
}

/** The training's own job runs the sync; one that is under way already is left to itself. */
async function trainConnected(
  dependencies: SyncDependencies,
  job: ClaimedJob,
  source: Source,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { db } = dependencies
  const ref = { projectId: source.project_id, sourceId: source.id }
  const missing = missingFields(source.type, source.configuration)
  if (missing.length > 0) return `Missing: ${missing.join(', ')}.`
  const sync = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    if ((await lockSource(db, tx, ref)) === undefined) return undefined
    await insertSync(tx, ref)
    const current = await lockSync(db, tx, ref)
    if (current === undefined || current.state === 'paused') return current
    if (current.state !== 'running') await beginSync(tx, ref, current, { job: job.id })
    return await findSync(tx, ref)
  })
  if (sync === undefined) return undefined
  if (sync.state === 'paused') return 'Its sync is paused.'
  if (sync.job_id !== job.id) return 'It is being synced already; what is read by then can be asked.'
  await using session = await SyncSession.open(dependencies, { job, source, sync })
  const end = await runUntilStopped(session, signal)
  if (end === 'stopped') return `Its sync was ${(await findSync(db.query, ref))?.state ?? 'taken away'} meanwhile.`
  return await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    return await endSync(tx, session, end)
  })
}

/** The training has the job, so pausing or cancelling the sync alone takes that from nobody. */
async function runUntilStopped(session: SyncSession, signal: AbortSignal): Promise<SyncEnd | 'stopped'> {
  try {
    return await runSync(session, AbortSignal.any([signal, session.stopped]))
  } catch (error) {
    signal.throwIfAborted()
    if (session.stopped.aborted) return 'stopped'
    throw error
  }
}
