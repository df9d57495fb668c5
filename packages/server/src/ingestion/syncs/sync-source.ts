import { now, type Tx } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import { type JobId, newId, type SourceId } from '../../ids.ts'
import type { ClaimedJob, GiveUpReason, JobHandler } from '../../jobs/job.ts'
import { enqueueJob } from '../../jobs/job-store.ts'
import { requestClearing } from '../../retrieval/words/request-tidying.ts'
import type { Source, SourceRef } from '../source.ts'
import { findRetries, listFiles } from '../source-file-store.ts'
import { findSource, lockSource, updateSource } from '../source-store.ts'
import { runSync, type SyncEnd } from './run-sync.ts'
import { syncJob } from './source-sync.ts'
import { findSync, updateRunningSync } from './source-sync-store.ts'
import { type SyncDependencies, SyncSession } from './sync-session.ts'

/** Without anything done in between. */
const maxStalls = 5
const firstWaitMs = 5_000
const longestWaitMs = 3_600_000

function sourceOf({ projectId, payload }: ClaimedJob): SourceRef {
  // Written by syncJob.
  return { projectId, sourceId: payload['sourceId'] as SourceId }
}

/** Brings a source's files up to date; what it has done stands in rows, and the next job goes on from there. */
export function createSyncHandler(dependencies: SyncDependencies): JobHandler {
  const { db } = dependencies
  return {
    run: async (job, signal) => {
      const ref = sourceOf(job)
      const [source, sync] = await Promise.all([findSource(db.query, ref), findSync(db.query, ref)])
      // Deleted, paused or cancelled meanwhile, or this is not the job that runs it.
      if (source === undefined || sync?.state !== 'running' || sync.job_id !== job.id) return async () => undefined
      await updateRunningSync(db.query, ref, job.id, { error: null, waiting_until: null })
      await using session = await SyncSession.open(dependencies, { job, source, sync })
      const end = await runSync(session, signal)
      return async (tx) => {
        await endSync(tx, session, end)
      }
    },
    giveUp: async (tx, job, reason) => {
      await requestClearing(tx, job.projectId)
      await giveUpSync(dependencies, tx, { ref: sourceOf(job), job: job.id, reason })
    },
  }
}

interface GivenUp {
  readonly ref: SourceRef
  /** Nothing happens unless this is the job that runs the sync. */
  readonly job: JobId
  readonly reason: GiveUpReason
}

/** Leaves the sync to a job of its own, later; also for a training that ran it. */
export async function giveUpSync(
  dependencies: Pick<SyncDependencies, 'db'>,
  tx: Tx,
  { ref, job, reason }: GivenUp,
): Promise<void> {
  const source = await lockSource(dependencies.db, tx, ref)
  const sync = await findSync(tx, ref)
  if (source === undefined || sync?.state !== 'running' || sync.job_id !== job) return
  const message =
    reason === 'died'
      ? 'The server stopped three times while it synced this source.'
      : 'Syncing failed three times because of a fault in the server; its log says more.'
  await waitOrFail({ dependencies, tx, source, job, stalls: sync.stalls, message })
}

/** Also for a training that runs the sync itself: returns, in words, why the source was not read. */
export async function endSync(tx: Tx, session: SyncSession, end: SyncEnd): Promise<string | undefined> {
  const { ref, job } = session
  const source = await lockSource(session.db, tx, ref)
  if (source === undefined) return undefined
  const progress = JSON.stringify(session.counts.measure({ isListed: session.isListed }))
  const isOurs = await updateRunningSync(tx, ref, job.id, { progress })
  if (!isOurs) return end.type === 'done' ? undefined : end.message
  if (end.type === 'failed') {
    await fail(tx, source, job.id, end.message)
    return end.message
  }
  if (end.type === 'waits') {
    const { ms, message } = end
    const stalls = session.hasProgressed ? 0 : (session.sync?.stalls ?? 0)
    await waitOrFail({ dependencies: session, tx, source, job: job.id, stalls, message, ms })
    return message
  }
  const { files, at } = await findRetries(tx, ref)
  if (at === null) return await complete(tx, session)
  const ms = Math.max(1_000, Date.parse(at) - Date.now())
  await goOnLater(session, tx, source, { job: job.id, ms, stalls: 0, message: null })
  return `${files === 1 ? '1 file' : `${files} files`} could not be fetched yet; the sync goes on by itself.`
}

interface Setback {
  readonly dependencies: Pick<SyncDependencies, 'db'>
  readonly tx: Tx
  readonly source: Source
  readonly job: JobId
  readonly stalls: number
  readonly message: string
  /** When the source said how long to wait. */
  readonly ms?: number | undefined
}

/** Tried again by itself, later each time, until it has got nowhere too often. */
async function waitOrFail({ dependencies, tx, source, job, stalls, message, ms }: Setback): Promise<void> {
  if (stalls + 1 >= maxStalls) return await fail(tx, source, job, message)
  const wait = Math.min(longestWaitMs, ms ?? firstWaitMs * 4 ** stalls)
  await goOnLater(dependencies, tx, source, { job, ms: wait, stalls: stalls + 1, message })
}

async function goOnLater(
  { db }: Pick<SyncDependencies, 'db'>,
  tx: Tx,
  source: Source,
  { job, ms, stalls, message }: { job: JobId; ms: number; stalls: number; message: string | null },
): Promise<void> {
  const ref = { projectId: source.project_id, sourceId: source.id }
  const next = newId<JobId>()
  const changes = { job_id: next, stalls, error: message, waiting_until: new Date(Date.now() + ms).toISOString() }
  if (!(await updateRunningSync(tx, ref, job, changes))) return
  await enqueueJob(tx, syncJob(ref), { id: next, notBefore: databaseTime(db, ms) })
}

async function fail(tx: Tx, source: Source, job: JobId, message: string): Promise<void> {
  const ref = { projectId: source.project_id, sourceId: source.id }
  const ended = { state: 'failed', job_id: null, ended_at: now(), error: message, waiting_until: null } as const
  if (!(await updateRunningSync(tx, ref, job, ended))) return
  const error = source.items_done > 0 ? `${message} What was read earlier is still searched.` : message
  await updateSource(tx, ref, { status: 'error', error })
}

/** Returns why nothing could be read, when that is so. */
async function complete(tx: Tx, { ref, job, counts }: SyncSession): Promise<string | undefined> {
  const ended = {
    state: 'completed',
    job_id: null,
    ended_at: now(),
    error: null,
    waiting_until: null,
    stalls: 0,
  } as const
  if (!(await updateRunningSync(tx, ref, job.id, ended))) return undefined
  const { failed, listed } = counts.measure({ isListed: true })
  const isUseless = failed > 0 && failed === listed.files
  const error = failed === 0 ? null : await describeFailures(tx, ref, { failed, all: listed.files })
  await updateSource(tx, ref, { status: isUseless ? 'error' : 'connected', error })
  return isUseless ? (error ?? undefined) : undefined
}

/** A source of one page says what is wrong with that. */
async function describeFailures(
  tx: Tx,
  ref: SourceRef,
  { failed, all }: { readonly failed: number; readonly all: number },
): Promise<string> {
  const words = `${failed} of ${all} files could not be read; the list of files says why.`
  if (all > 1) return words
  const [only] = (await listFiles(tx, ref, { status: 'failed', limit: 1 })).items
  return only?.reason ?? words
}
