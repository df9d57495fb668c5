import { type RawBuilder, sql } from 'kysely'
import { type Database, type Engine, type Queryable, retryRolledBack } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { inUnsyncedTransaction } from '../database/unsynced.ts'
import type { JobId, ProjectId } from '../ids.ts'
import { type ClaimedJob, jobLeaseMs } from './job.ts'

interface ClaimOptions {
  readonly node: string
  readonly kinds: readonly string[]
  readonly limit: number
  /** How many of these kinds the owner of a project may have running on this node; the jobs of others come first. */
  readonly perOwner?: number | undefined
}

/** Where a node's claims have come to on their way around the projects with waiting jobs. */
export interface ClaimTurn {
  after: string
}

/** Projects that are looked at together. When no more have waiting jobs, a claim knows them all. */
const projectsPerLook = 50
/** When they have too few jobs that may run, others are looked at, and the rest at the next claims. */
const looksPerClaim = 4
/** Looked at in a line beyond what is asked for: what is put off, or on PostgreSQL being claimed by another node. */
const spareJobs = 20

/**
 * Takes up to `limit` jobs that are due or whose lease ran out: oldest first, but those of projects with nothing running
 * before others, so that nobody waits behind somebody else's thousand files. Where more than 50 projects wait, each look
 * is at the 50 that come next, around and around. Costs the same however many jobs wait. What was never tried is due,
 * whatever the clock of the node says that took it. Does not wait for the disk: what a job writes takes its claim along.
 */
export async function claimJobs(
  db: Database,
  options: ClaimOptions,
  turn: ClaimTurn = { after: '' },
): Promise<ClaimedJob[]> {
  const jobs: ClaimedJob[] = []
  for (let looks = 1; ; looks++) {
    const { projects, last } = await listProjects(db, turn.after)
    const wanted = { ...options, limit: options.limit - jobs.length }
    const claim = () => inUnsyncedTransaction(db, (tx) => claimOf(db, tx, projects, wanted))
    if (projects.length > 0) jobs.push(...(await retryRolledBack(claim)))
    if (last === undefined) return jobs
    turn.after = last
    if (jobs.length === options.limit || looks === looksPerClaim) return jobs
  }
}

/** The next project after this one that has a job waiting, or else the first of all. */
function nextProject(after: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce(
    (select j.project_id from jobs j where j.state = 'queued' and j.project_id > ${after} order by j.project_id limit 1),
    (select j.project_id from jobs j where j.state = 'queued' order by j.project_id limit 1))`
}

/** One step of an index for each project, not a scan. `last` when there may be more than were listed. */
async function listProjects(db: Database, after: string) {
  const { rows } = await sql<{ project_id: ProjectId; is_waiting: number }>`
    with recursive lines (project_id) as (
      select ${nextProject(sql`${after}`)}
      union
      select ${nextProject(sql`l.project_id`)} from lines l where l.project_id is not null)
    select * from (select project_id, 1 as is_waiting from lines where project_id is not null limit ${projectsPerLook + 1} + 0) w
    union all
    select distinct project_id, 0 as is_waiting from jobs
    where state = 'running' and ${isLeaseOver(db)}`.execute(db.unsyncedQuery)
  const waiting = rows.filter(({ is_waiting }) => is_waiting === 1)
  const beyond = waiting[projectsPerLook]
  return {
    projects: [...new Set(rows.filter((row) => row !== beyond).map(({ project_id }) => project_id))],
    last: beyond === undefined ? undefined : waiting[projectsPerLook - 1]?.project_id,
  }
}

function isLeaseOver(db: Pick<Database, 'engine'>): RawBuilder<boolean> {
  return sql`(lease_expires_at is null or lease_expires_at < ${databaseTime(db)})`
}

async function claimOf(
  db: Pick<Database, 'engine'>,
  tx: Queryable,
  projects: readonly ProjectId[],
  { node, kinds, limit, perOwner }: ClaimOptions,
): Promise<ClaimedJob[]> {
  const time = databaseTime(db)
  const { list, fronts, free } = dialects[db.engine]
  const { rows } = await sql<ClaimRow>`
    with wanted_kinds (kind) as materialized (${list(kinds)}),
    wanted (project_id) as (${list(projects)}),
    running as materialized (
      select project_id, kind, lease_owner from jobs where state = 'running' and lease_expires_at >= ${time}),
    open_lines as materialized (
      select w.project_id from wanted w ${perOwner === undefined ? sql`` : ownerWithPlace(node, perOwner)}),
    candidates as (
      ${fronts(time, limit)}
      union all
      select project_id, id, run_after from jobs
      where state = 'running' and ${isLeaseOver(db)} and kind in (select kind from wanted_kinds)
        and project_id in (select project_id from open_lines)),
    ranked as materialized (
      select project_id, id, run_after, case when project_id in (select project_id from running)
        or row_number() over (partition by project_id order by run_after, id) > 1 then 1 else 0 end as is_later
      from candidates order by is_later, run_after, id limit ${limit + spareJobs} + 0),
    picked as materialized (select project_id, id from ${free(db)} limit ${limit} + 0)
    update jobs set state = 'running', attempt = attempt + 1, lease_owner = ${node},
      lease_expires_at = ${databaseTime(db, jobLeaseMs)}
    where (project_id, id) in (select project_id, id from picked)
    returning project_id, id, kind, payload, attempt`.execute(tx)
  return rows.map((row) => ({
    projectId: row.project_id,
    id: row.id,
    kind: row.kind,
    // Written by enqueueJob.
    payload: JSON.parse(row.payload) as Record<string, string>,
    attempt: row.attempt,
    node,
  }))
}

/** Of the jobs that run here there are few, so that whose they are is read at once, and then each project's owner. */
function ownerWithPlace(node: string, perOwner: number): RawBuilder<unknown> {
  return sql`join projects p on p.id = w.project_id where p.owner_id not in (
    select theirs.owner_id from running held join projects theirs on theirs.id = held.project_id
    where held.lease_owner = ${node} and held.kind in (select kind from wanted_kinds)
    group by theirs.owner_id having count(*) >= ${perOwner} + 0)`
}

interface Dialect {
  readonly list: (values: readonly string[]) => RawBuilder<unknown>
  /** The first jobs of each line that are due. */
  readonly fronts: (time: RawBuilder<string>, limit: number) => RawBuilder<unknown>
  /** Of those chosen, in their order, what nobody takes meanwhile. */
  readonly free: (db: Pick<Database, 'engine'>) => RawBuilder<unknown>
}

const dialects: Readonly<Record<Engine, Dialect>> = {
  sqlite: {
    list: (values) => sql`select value from json_each(${JSON.stringify(values)})`,
    fronts: (time, limit) => sql`
      select f.project_id, f.id, f.run_after from open_lines l cross join wanted_kinds k cross join jobs f
      where f.rowid in (select front.place from ${frontOf(sql`a.rowid as place`, limit)} where ${isDue(time)} limit ${limit} + 0)`,
    free: () => sql`ranked`,
  },
  postgres: {
    // Of a list as JSON the planner expects a hundred values, and compiles the statement for 40 ms.
    list: (values) => sql`values ${sql.join(values.map((value) => sql`(${value})`))}`,
    // The fewer lines, the more of each: other nodes may be taking the first.
    fronts: (time, limit) => sql`
      select f.project_id, f.id, f.run_after from open_lines l cross join wanted_kinds k cross join lateral (
        select * from ${frontOf(sql`a.project_id, a.id`, limit)} where ${isDue(time)}
        limit ${limit} + 0 + ${spareJobs} / (select greatest(count(*), 1) from open_lines)) f`,
    // One by one, so that no more are locked than are taken.
    free: (db) => sql`ranked r cross join lateral (
      select 1 from jobs where project_id = r.project_id and id = r.id and completed_at is null and ${isLeaseOver(db)}
      for update skip locked) j`,
  },
}

/** The front of the line of project `l` and kind `k`, in the order of its index. */
function frontOf(columns: RawBuilder<unknown>, limit: number): RawBuilder<unknown> {
  return sql`(
    select ${columns}, a.run_after, a.attempt, a.not_before from jobs a
    where a.state = 'queued' and a.project_id = l.project_id and a.kind = k.kind
    order by a.run_after, a.id limit ${limit + 2 * spareJobs} + 0) front`
}

function isDue(time: RawBuilder<string>): RawBuilder<boolean> {
  return sql`(front.attempt = 0 or front.run_after <= ${time})
    and (front.not_before is null or front.not_before <= ${time})`
}

interface ClaimRow {
  project_id: ProjectId
  id: JobId
  kind: string
  payload: string
  attempt: number
}
