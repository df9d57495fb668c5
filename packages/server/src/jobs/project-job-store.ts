import { sql } from 'kysely'
import { now, type Queryable, type Tx, timeFromNow } from '../database/database.ts'
import { type JobId, newId, type ProjectId } from '../ids.ts'
import type { ClaimedJob } from './job.ts'

/** Work of which a project has one job at a time, however often it is asked for. */
export interface ProjectJob {
  readonly projectId: ProjectId
  readonly kind: string
  /** Always the same of a project and kind, and no other job's. */
  readonly id: JobId
  /** Goes before what its project has waiting: for what is short and makes the rest quicker. */
  readonly isFirst?: boolean
  /** Not before then, unless it was or is asked for sooner. */
  readonly delayMs?: number
}

/** Asks for the job. When it runs already, `wasAskedAgain` tells it so, and nothing that is written here is missed. */
export async function requestProjectJob(
  tx: Tx,
  { projectId, kind, id, isFirst, delayMs = 0 }: ProjectJob,
): Promise<void> {
  const [time, payload] = [now(), JSON.stringify({ asked: newId() })]
  const dueAt = isFirst === true ? new Date(0).toISOString() : time
  // By this node's clock: a second more or less matters to nobody.
  const notBefore = delayMs === 0 ? null : timeFromNow(delayMs)
  await sql`
    insert into jobs (project_id, id, kind, payload, state, attempt, run_after, not_before, created_at)
    values (${projectId}, ${id}, ${kind}, ${payload}, 'queued', 0, ${dueAt}, ${notBefore}, ${time})
    on conflict (project_id, id) do update set payload = excluded.payload,
      state = case when jobs.state = 'running' then 'running' else 'queued' end,
      attempt = case when jobs.state = 'running' then jobs.attempt else 0 end,
      run_after = case when jobs.state = 'running' then jobs.run_after else excluded.run_after end,
      not_before = case when jobs.state = 'queued' and (jobs.not_before is null or jobs.not_before < excluded.not_before)
        then jobs.not_before else excluded.not_before end,
      completed_at = null`.execute(tx)
}

/** In the transaction that ends the job: what was asked for since it was claimed may not be done yet. */
export async function wasAskedAgain(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const row = await tx
    .selectFrom('jobs')
    .select('payload')
    .where('project_id', '=', job.projectId)
    .where('id', '=', job.id)
    .executeTakeFirst()
  return row !== undefined && row.payload !== JSON.stringify(job.payload)
}

/** In the transaction that would complete the job: it is queued again instead, after `delayMs`. */
export async function runAgain(tx: Tx, job: ClaimedJob, delayMs: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({
      state: 'queued',
      // What was never tried is due whatever its time says.
      attempt: delayMs === 0 ? 0 : 1,
      run_after: timeFromNow(delayMs),
      lease_owner: null,
      lease_expires_at: null,
    })
    .where('project_id', '=', job.projectId)
    .where('id', '=', job.id)
    .where('state', '=', 'running')
    .execute()
}

/** Whether jobs of other kinds run for a project, or are due; not those planned for later. */
export async function hasOtherJobs(db: Queryable, { projectId, kind }: Pick<ProjectJob, 'projectId' | 'kind'>) {
  const row = await db
    .selectFrom('jobs')
    .select('id')
    .where('project_id', '=', projectId)
    .where('state', 'in', ['queued', 'running'])
    .where('run_after', '<=', now())
    .where('kind', '!=', kind)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
