import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { type Database, now, timeFromNow } from '../packages/server/src/database/database.ts'
import { type JobId, newId, type ProjectId, type UserId } from '../packages/server/src/ids.ts'
import { type ClaimTurn, claimJobs } from '../packages/server/src/jobs/claim-store.ts'
import { releaseJob } from '../packages/server/src/jobs/job-store.ts'
import { describeMachine, median, spread } from './bench-figures.ts'
import { openBenchDatabases } from './bench-project.ts'

const { values: options } = parseArgs({
  options: {
    engine: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    claims: { type: 'string', default: '50' },
    waiting: { type: 'string', default: '100,10000' },
  },
})
const counts = options.waiting.split(',').map(Number)
const kinds = ['ingest-source', 'tidy-index', 'embed-project', 'index-messages', 'rebuild-index', 'name-chat']
const rowsPerInsert = 1_000

console.log(describeMachine())
for await (const db of openBenchDatabases(undefined, options.engine)) {
  const ownerId = await insertOwner(db)
  const projects = await insertProjects(db, ownerId, Math.max(...counts))
  await measure(db, 'all of one project', () => projects[0] as ProjectId)
  await measure(db, 'a project each', (i) => projects[i] as ProjectId)
}

/** Each claimed job is given back, so that as many wait at the next claim. */
async function measure(db: Database, name: string, projectOf: (i: number) => ProjectId): Promise<void> {
  const rounds: number[][] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    await db.query.deleteFrom('jobs').execute()
    const times: number[] = []
    let waiting = 0
    for (const count of counts) {
      await insertJobs(db, waiting, count, projectOf)
      waiting = count
      if (db.engine === 'postgres') await sql`vacuum analyze jobs`.execute(db.query)
      times.push(await timeClaims(db))
    }
    rounds.push(times)
  }
  console.log(`\n${db.engine}, ${name}: ms to claim a job, median of the rounds (least-most)`)
  for (const [i, count] of counts.entries()) {
    const ratio = spread(rounds.map((times) => (times[i] ?? Number.NaN) / (times[0] ?? Number.NaN)))
    console.log(`  ${count} waiting: ${spread(rounds.map((times) => times[i] ?? Number.NaN))}, / first: ${ratio}`)
  }
}

async function timeClaims(db: Database): Promise<number> {
  const turn: ClaimTurn = { after: '' }
  const times: number[] = []
  for (let i = 0; i < Number(options.claims); i++) {
    const start = performance.now()
    const jobs = await claimJobs(db, { node: 'bench', kinds, limit: 1 }, turn)
    times.push(performance.now() - start)
    if (jobs.length !== 1) throw new Error('A claim found nothing')
    for (const job of jobs) await releaseJob(db.query, job)
  }
  return median(times)
}

async function insertOwner(db: Database): Promise<UserId> {
  const id = newId<UserId>()
  const times = { created_at: now(), updated_at: now() }
  await db.query
    .insertInto('users')
    .values({ id, email: id, name: 'bench', role: 'user', email_verified: db.engine === 'sqlite' ? 1 : true, ...times })
    .execute()
  return id
}

async function insertProjects(db: Database, ownerId: UserId, count: number): Promise<ProjectId[]> {
  const shared = { organization_id: '', owner_id: ownerId, status: 'private' as const }
  const times = { created_at: now(), updated_at: now() }
  const projects = Array.from({ length: count }, () => newId<ProjectId>())
  await inParts(projects, (ids) =>
    db.query
      .insertInto('projects')
      .values(ids.map((id) => ({ id, name: id, ...shared, ...times })))
      .execute(),
  )
  return projects
}

async function insertJobs(db: Database, from: number, to: number, projectOf: (i: number) => ProjectId): Promise<void> {
  const shared = { kind: 'ingest-source', payload: '{}', state: 'queued', attempt: 0, created_at: now() } as const
  const jobs = Array.from({ length: to - from }, (_, i) => ({
    project_id: projectOf(from + i),
    id: newId<JobId>(),
    run_after: timeFromNow(from + i - 1_000_000),
    ...shared,
  }))
  await inParts(jobs, (rows) =>
    db.query
      .insertInto('jobs')
      .values([...rows])
      .execute(),
  )
}

async function inParts<Row>(rows: readonly Row[], insert: (rows: readonly Row[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerInsert) await insert(rows.slice(at, at + rowsPerInsert))
}
