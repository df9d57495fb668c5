import { type RawBuilder, sql } from 'kysely'
import { type Database, type Engine, now, type Queryable, type Tx } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { asHeartbeat } from '../database/heartbeat.ts'
import { rowLock } from '../database/row-lock.ts'
import { type JobId, newId, type ProjectId } from '../ids.ts'
import { type ClaimedJob, JobFencedError, jobLeaseMs, type NewJob } from './job.ts'

interface EnqueueOptions {
  readonly id?: JobId
  /** By the database's clock; null is at once. */
  readonly notBefore?: RawBuilder<string> | null
}

/** Rides the transaction that causes it. After the commit the caller wakes the workers: `wakeUp.notify('job-queued', kind)`. */
export async function enqueueJob(
  tx: Tx,
  job: NewJob,
  { id = newId<JobId>(), notBefore = null }: EnqueueOptions = {},
): Promise<JobId> {
  await tx
    .insertInto('jobs')
    .values(toRow(job, id, notBefore))
    .execute()
  return id
}

/** As `enqueueJob`, in one statement. */
export async function enqueueJobs(tx: Tx, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  const rows = jobs.map((job) => toRow(job, newId<JobId>(), null))
  await tx.insertInto('jobs').values(rows).execute()
}

function toRow({ projectId, kind, payload }: NewJob, id: JobId, notBefore: RawBuilder<string> | null) {
  const time = now()
  return {
    project_id: projectId,
    id,
    kind,
    payload: JSON.stringify(payload),
    state: 'queued' as const,
    attempt: 0,
    not_before: notBefore,
    // What is put off stands behind what is due.
    run_after: notBefore ?? time,
    created_at: time,
  }
}

/**
 * Takes back every unfinished job of this kind and payload, and waits while one writes. After the commit the caller tells
 * whoever runs them: `announceWithdrawn`.
 */
export async function withdrawJobs(tx: Tx, { projectId, kind, payload }: NewJob): Promise<JobId[]> {
  const rows = await tx
    .deleteFrom('jobs')
    .where('project_id', '=', projectId)
    .where('state', 'in', ['queued', 'running'])
    .where('kind', '=', kind)
    .where('payload', '=', JSON.stringify(payload))
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Holds what runs for projects that are about to be deleted, but for one kind: nobody writes for them any more. */
export async function lockRunningJobs(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  projects: readonly ProjectId[],
  exceptKind: string,
): Promise<{ projectId: ProjectId; id: JobId }[]> {
  return await tx
    .selectFrom('jobs')
    .select(['project_id as projectId', 'id'])
    .where('project_id', 'in', projects)
    .where('state', '=', 'running')
    .where('kind', '!=', exceptKind)
    .orderBy('project_id')
    .orderBy('id')
    .modifyEnd(rowLock(db.engine).forUpdate)
    .execute()
}

/** For the one process that owns the database: whoever held a lease before it is dead, so nobody need wait for it. */
export async function releaseAllJobs(db: Queryable): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ lease_owner: null, lease_expires_at: null })
    .where('state', '=', 'running')
    .execute()
}

/**
 * Extends the leases of what runs here, in one statement, and says what it still holds. A job whose claim never came back
 * to this node is not among them, so that it is claimed again.
 */
export async function renewJobLeases(
  db: Database,
  node: string,
  running: readonly JobId[],
): Promise<ReadonlySet<JobId>> {
  if (running.length === 0) return new Set()
  const renewal = renewals[db.engine](node, running, databaseTime(db, jobLeaseMs))
  const { rows } = await asHeartbeat(() => renewal.execute(db.query))
  return new Set(rows.map((row) => row.id))
}

type Renewal = (node: string, running: readonly JobId[], until: RawBuilder<string>) => RawBuilder<{ id: JobId }>

const renewals: Readonly<Record<Engine, Renewal>> = {
  sqlite: (node, running, until) => sql`
    update jobs set lease_expires_at = ${until}
    where state = 'running' and lease_owner = ${node} and id in (${sql.join(running)}) returning id`,
  // A job that is being written is locked by its own transaction, for seconds if it is long: nobody can take it, and
  // the others' leases must not run out behind it.
  postgres: (node, running, until) => sql`
    with held as materialized (
      select project_id, id from jobs where state = 'running' and lease_owner = ${node} and id in (${sql.join(running)})),
    renewed as (
      update jobs set lease_expires_at = ${until} where (project_id, id) in (
        select project_id, id from jobs
        where (project_id, id) in (select project_id, id from held) and state = 'running' and lease_owner = ${node}
        for update skip locked))
    select id from held`,
}

/**
 * Throws unless the lease is still ours; nobody can take the job over until the transaction ends. `isShared` lets other
 * transactions of the same job go on beside this one.
 */
export async function requireHeldJob(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  job: ClaimedJob,
  { isShared = false }: { readonly isShared?: boolean } = {},
): Promise<void> {
  const held = await tx
    .selectFrom('jobs')
    .select('id')
    .where('project_id', '=', job.projectId)
    .where('id', '=', job.id)
    .where('state', '=', 'running')
    .where('attempt', '=', job.attempt)
    .where('lease_owner', '=', job.node)
    .modifyEnd(isShared ? rowLock(db.engine).forShare : rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  if (held === undefined) throw new JobFencedError('the lease of this job was lost, or it was withdrawn')
}

/** Only after `requireHeldJob` in the same transaction. */
export async function endJob(tx: Tx, job: ClaimedJob, error: string | null): Promise<void> {
  await updateJob(tx, job, {
    state: error === null ? 'completed' : 'failed',
    lease_owner: null,
    lease_expires_at: null,
    error,
    completed_at: now(),
  })
}

/** Lets the job run again after a while; counts as an attempt. */
export async function retryJobLater(db: Database, job: ClaimedJob, delayMs: number, error: string): Promise<void> {
  await updateJob(db.query, job, {
    state: 'queued',
    run_after: databaseTime(db, delayMs),
    lease_owner: null,
    lease_expires_at: null,
    error,
  })
}

/** Gives a job back unharmed, for another node or the next start; the attempt does not count. */
export async function releaseJob(db: Queryable, job: ClaimedJob): Promise<void> {
  await updateJob(db, job, { state: 'queued', attempt: job.attempt - 1, lease_owner: null, lease_expires_at: null })
}

async function updateJob(
  db: Queryable,
  job: ClaimedJob,
  values: Partial<{
    state: 'queued' | 'completed' | 'failed'
    attempt: number
    run_after: RawBuilder<string>
    lease_owner: null
    lease_expires_at: null
    error: string | null
    completed_at: string
  }>,
): Promise<void> {
  await db
    .updateTable('jobs')
    .set(values)
    .where('project_id', '=', job.projectId)
    .where('id', '=', job.id)
    .where('state', '=', 'running')
    .where('attempt', '=', job.attempt)
    .where('lease_owner', '=', job.node)
    .execute()
}

export async function countUnfinishedJobs(db: Queryable): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirstOrThrow()
  return count
}

/** What finished jobs did stands in their sources and trainings; the rows are kept a while for whoever looks for a cause. */
export async function pruneJobs(db: Queryable, before: string): Promise<void> {
  await db.deleteFrom('jobs').where('state', 'in', ['completed', 'failed']).where('completed_at', '<', before).execute()
}
