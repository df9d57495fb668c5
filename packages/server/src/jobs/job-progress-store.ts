import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { type JobProgress, maxJobAttempts, type NewJob } from './job.ts'

/** How far jobs are that are not over, by payload; reads the small index of a project's unfinished jobs only. */
export async function findJobProgress(
  db: Database,
  { projectId, kind }: Pick<NewJob, 'projectId' | 'kind'>,
  payloads: readonly NewJob['payload'][],
): Promise<(payload: NewJob['payload']) => JobProgress | null> {
  if (payloads.length === 0) return () => null
  const rows = await db.query
    .selectFrom('jobs')
    .select(['payload', 'state', 'attempt', 'run_after', 'not_before', 'error'])
    .select(sql<boolean | number>`coalesce(lease_expires_at < ${databaseTime(db)}, false)`.as('is_lease_over'))
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('state', 'in', ['queued', 'running'])
    .where(
      'payload',
      'in',
      payloads.map((payload) => JSON.stringify(payload)),
    )
    .execute()
  const jobs = new Map(
    rows.map((row): [string, JobProgress] => {
      const isWaiting = row.state === 'queued'
      return [
        row.payload,
        {
          state: isWaiting ? 'waiting' : 'running',
          attempt: row.attempt,
          maxAttempts: maxJobAttempts,
          nextAttemptAt: isWaiting && (row.attempt > 0 || row.not_before !== null) ? row.run_after : null,
          delay: delayOf({ ...row, isWaiting, isLeaseOver: Boolean(row.is_lease_over) }),
        },
      ]
    }),
  )
  return (payload) => jobs.get(JSON.stringify(payload)) ?? null
}

interface JobRow {
  readonly attempt: number
  readonly error: string | null
  readonly isWaiting: boolean
  readonly isLeaseOver: boolean
}

function delayOf({ attempt, error, isWaiting, isLeaseOver }: JobRow): JobProgress['delay'] {
  if (!isWaiting && isLeaseOver) return 'node-silent'
  if (attempt > (isWaiting ? 0 : 1)) return error === null ? 'node-died' : 'attempt-failed'
  return null
}
