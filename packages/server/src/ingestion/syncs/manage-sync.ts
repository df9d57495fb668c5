import type { Principal } from '../../accounts/principal.ts'
import { type Database, inTransaction, now, type Tx } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import { invalidField } from '../../errors.ts'
import { type JobId, newId } from '../../ids.ts'
import { announceWithdrawn } from '../../jobs/job.ts'
import { enqueueJob, withdrawJobs } from '../../jobs/job-store.ts'
import { checkComplete } from '../check-configuration.ts'
import { requireDataEditor } from '../data-access.ts'
import { type Source, type SourceRef, sourceNotFound } from '../source.ts'
import { lockSource, updateSource } from '../source-store.ts'
import { findSourceType } from '../source-types.ts'
import { type SourceSync, syncJob, syncKind } from './source-sync.ts'
import { insertSync, lockSync, updateSync } from './source-sync-store.ts'

export interface SyncStartDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
}

interface SyncOptions {
  /** A job that runs it itself; absent: one is queued for it. */
  readonly job?: JobId
  /** Lists everything, whatever was listed before; what has not changed is still not read again. */
  readonly isFull?: boolean
}

/** Begins a sync, or goes on with one that was paused. One that runs is left to it. */
export async function startSync(
  dependencies: SyncStartDependencies,
  principal: Principal,
  ref: SourceRef,
  { isFull = false }: SyncOptions = {},
): Promise<void> {
  await requireDataEditor(dependencies.db.query, principal, ref.projectId)
  await changeSync(dependencies, ref, async (tx, source, sync) => {
    if (sync.state === 'running') return undefined
    if (sync.state === 'paused') return await goOn(tx, ref)
    requireConnector(source, ['path', 'data_source_id'])
    checkComplete(source.type, source.configuration)
    return await beginSync(tx, ref, sync, { isFull })
  })
}

/** Within the transaction that holds source and sync: writes that it runs, and the job that runs it. */
export async function beginSync(
  tx: Tx,
  ref: SourceRef,
  sync: SourceSync,
  { isFull = false, job }: SyncOptions = {},
): Promise<JobId> {
  const id = job ?? newId<JobId>()
  const cursor = isFull ? null : sync.cursor
  await updateSync(tx, ref, {
    number: sync.number + 1,
    state: 'running',
    mode: cursor === null ? 'full' : 'incremental',
    job_id: id,
    cursor,
    listed_at: null,
    started_at: now(),
    ended_at: null,
    error: null,
    stalls: 0,
    waiting_until: null,
    progress: null,
  })
  await updateSource(tx, ref, { status: 'syncing', error: null })
  if (job !== undefined) return job
  return await enqueueJob(tx, syncJob(ref), { id })
}

/** What is under way is finished or given up within moments; nothing is lost. Does nothing unless it runs. */
export async function pauseSync(
  dependencies: SyncStartDependencies,
  principal: Principal,
  ref: SourceRef,
): Promise<void> {
  await requireDataEditor(dependencies.db.query, principal, ref.projectId)
  await stopSync(dependencies, ref, 'paused')
}

/** Goes on where it was paused. Does nothing unless it is paused. */
export async function resumeSync(
  dependencies: SyncStartDependencies,
  principal: Principal,
  ref: SourceRef,
): Promise<void> {
  await requireDataEditor(dependencies.db.query, principal, ref.projectId)
  await changeSync(dependencies, ref, async (tx, _source, sync) =>
    sync.state === 'paused' ? await goOn(tx, ref) : undefined,
  )
}

/** What was read stays; what was only listed is fetched by the next sync. Does nothing unless it runs or is paused. */
export async function cancelSync(
  dependencies: SyncStartDependencies,
  principal: Principal,
  ref: SourceRef,
): Promise<void> {
  await requireDataEditor(dependencies.db.query, principal, ref.projectId)
  await stopSync(dependencies, ref, 'cancelled')
}

async function goOn(tx: Tx, ref: SourceRef): Promise<JobId> {
  const id = newId<JobId>()
  await updateSync(tx, ref, { state: 'running', job_id: id, error: null, stalls: 0, waiting_until: null })
  return await enqueueJob(tx, syncJob(ref), { id })
}

async function stopSync(
  { db, wakeUp }: SyncStartDependencies,
  ref: SourceRef,
  state: 'paused' | 'cancelled',
): Promise<void> {
  const withdrawn = await inTransaction(db, async (tx) => {
    // Job before source, the order in which the worker takes them.
    const jobs = await withdrawJobs(tx, syncJob(ref))
    const source = await lockSource(db, tx, ref)
    if (source === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    const sync = await lockSync(db, tx, ref)
    const isOver = sync?.state !== 'running' && !(state === 'cancelled' && sync?.state === 'paused')
    if (isOver) return jobs
    const ended_at = state === 'cancelled' ? now() : null
    await updateSync(tx, ref, { state, job_id: null, ended_at, error: null, waiting_until: null })
    await updateSource(tx, ref, { status: source.items_done > 0 ? 'connected' : 'configured', error: null })
    return jobs
  })
  announceWithdrawn(wakeUp, withdrawn)
}

async function changeSync(
  { db, wakeUp }: SyncStartDependencies,
  ref: SourceRef,
  change: (tx: Tx, source: Source, sync: SourceSync) => Promise<JobId | undefined>,
): Promise<void> {
  const job = await inTransaction(db, async (tx) => {
    const source = await lockSource(db, tx, ref)
    if (source === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    await insertSync(tx, ref)
    const sync = await lockSync(db, tx, ref)
    return sync === undefined ? undefined : await change(tx, source, sync)
  })
  if (job !== undefined) wakeUp.notify('job-queued', syncKind)
}

/** Sets how often a source is synced by itself; 0 is never. The first time is soon. */
export async function scheduleSync(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  source: Source,
  everyMinutes: number,
): Promise<void> {
  requireConnector(source, ['body', 'sync_every_minutes'])
  const ref = { projectId: source.project_id, sourceId: source.id }
  await insertSync(tx, ref)
  const isOff = everyMinutes === 0
  await updateSync(tx, ref, {
    every_minutes: isOff ? null : everyMinutes,
    next_at: isOff ? null : databaseTime(db),
  })
}

function requireConnector(source: Source, loc: readonly string[]): void {
  if (findSourceType(source.type)?.kind === 'cloud') return
  throw invalidField({
    type: 'value_error',
    loc,
    msg: 'Value error, an upload has nothing to be synced with: upload the new file instead',
    input: null,
  })
}
