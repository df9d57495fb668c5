import { sql } from 'kysely'
import type { Tx } from '../database.ts'

/**
 * Jobs that wait stand in lines, one for each project and kind, and those that run are found apart from them: a claim
 * looks at the fronts of some lines, however long these are. In a line all stand by the time they are due.
 */
export async function migrateJobLines(tx: Tx): Promise<void> {
  const statements = [
    `update jobs set run_after = not_before
      where state = 'queued' and attempt = 0 and not_before is not null and run_after < not_before`,
    `create index jobs_waiting on jobs (project_id, kind, run_after, id) where state = 'queued'`,
    // By time it was a second way to walk along a line, which PostgreSQL took for kinds that a project has none of.
    'drop index jobs_unfinished',
    `create index jobs_unfinished on jobs (project_id, kind) where state in ('queued', 'running')`,
    `create index jobs_running on jobs (project_id, lease_expires_at) where state = 'running'`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
