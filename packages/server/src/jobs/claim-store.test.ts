import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aProject, projectsOfOne } from '../../test/support/projects.ts'
import { planOf } from '../../test/support/query-plan.ts'
import { type Database, inTransaction, now, timeFromNow } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { type JobId, newId, type ProjectId } from '../ids.ts'
import { type ClaimTurn, claimJobs } from './claim-store.ts'
import { enqueueJob, retryJobLater } from './job-store.ts'
import { requestProjectJob } from './project-job-store.ts'

const longAgo = '2020-01-01T00:00:00.000Z'

describe.each(engines)('claims of jobs on %s', (engine) => {
  let db: Database
  beforeEach(async () => {
    db = await openTestDatabase(engine)
  })
  afterEach(() => db[Symbol.asyncDispose]())

  let ages = 0
  /** In one statement, each after those before it. */
  async function wait(projects: readonly ProjectId[], { kind = 'count', item = '' } = {}) {
    const rows = projects.map((project_id, i) => ({
      project_id,
      id: newId<JobId>(),
      kind,
      payload: JSON.stringify({ item: `${item} ${i}` }),
      state: 'queued' as const,
      attempt: 0,
      run_after: timeFromNow(-1_000_000 + ages++),
      created_at: now(),
    }))
    await db.query.insertInto('jobs').values(rows).execute()
    return rows.map(({ id }) => id)
  }
  const claim = (options: Partial<Parameters<typeof claimJobs>[1]> = {}, turn?: ClaimTurn) =>
    claimJobs(db, { node: 'a', kinds: ['count'], limit: 1, ...options }, turn)
  const items = async (...options: Parameters<typeof claim>) =>
    (await claim(...options)).map(({ payload }) => payload['item'])
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
  const projectOf = async () => (await aProject(db)).projectId

  it('take the oldest first, of all that wait', async () => {
    const [one, two, three] = [await projectOf(), await projectOf(), await projectOf()]
    await wait([three, one, two, one], { item: 'x' })
    expect([await items(), await items(), await items(), await items()]).toEqual([['x 0'], ['x 1'], ['x 2'], ['x 3']])
    expect(await items()).toEqual([])
  })

  it('of several places give one to each project that waits before any gets a second', async () => {
    const [busy, patient] = [await projectOf(), await projectOf()]
    await wait(times(30, busy), { item: 'busy' })
    await wait([patient], { item: 'patient' })
    expect((await items({ limit: 3 })).toSorted()).toEqual(['busy 0', 'busy 1', 'patient 0'])
  })

  it('pass over a thousand jobs of other kinds, and find those of a kind that few have', async () => {
    const project = await projectOf()
    await wait(times(1_000, project), { kind: 'another' })
    await wait([project], { item: 'mine' })
    expect(await items()).toEqual(['mine 0'])
  })

  it('leave what is put off until it is due, and are not held up by it', async () => {
    const project = await projectOf()
    const putOff = (ms: number) =>
      inTransaction(db, (tx) =>
        enqueueJob(tx, { projectId: project, kind: 'count', payload: {} }, { notBefore: databaseTime(db, ms) }),
      )
    for (let i = 0; i < 60; i++) await putOff(60_000)
    const [failed] = await wait([project])
    const [job] = await claim()
    expect(job?.id).toBe(failed)
    if (job !== undefined) await retryJobLater(db, job, 60_000, 'no luck')
    expect(await claim()).toEqual([])
    await wait([project], { item: 'due' })
    expect(await items()).toEqual(['due 0'])
    const due = await putOff(-1)
    expect((await claim()).map(({ id }) => id)).toEqual([due])
    await db.query
      .updateTable('jobs')
      .set({ run_after: longAgo })
      .where('id', '=', failed ?? due)
      .execute()
    expect(await claim()).toMatchObject([{ id: failed, attempt: 2 }])
  })

  it('take what asks to be first before the rest of its project', async () => {
    const project = await projectOf()
    await wait(times(5, project))
    const id = newId<JobId>()
    await inTransaction(db, (tx) => requestProjectJob(tx, { projectId: project, kind: 'first', id, isFirst: true }))
    expect(await claim({ kinds: ['count', 'first'] })).toMatchObject([{ id }])
  })

  it('take over what a dead node held, by its age, also where nothing else waits', async () => {
    const [dead, other] = [await projectOf(), await projectOf()]
    const [held] = await wait([dead])
    await claim({ node: 'dead' })
    expect(await claim()).toEqual([])
    await db.query.updateTable('jobs').set({ lease_expires_at: longAgo }).execute()
    await wait(times(50, other))
    expect(await claim({ kinds: ['another'] })).toEqual([])
    expect(await claim()).toMatchObject([{ id: held, attempt: 2, node: 'a' }])
    await db.query.deleteFrom('jobs').where('state', '=', 'queued').execute()
    await db.query.updateTable('jobs').set({ lease_expires_at: null }).execute()
    expect(await claim()).toMatchObject([{ id: held, attempt: 3 }])
  })

  it('leave the jobs of an owner who has no place, in all of their projects, and find those of others', async () => {
    const projects = await projectsOfOne(db, 3)
    await wait([...projects, ...projects, ...projects])
    expect(await claim({ perOwner: 2 })).toHaveLength(1)
    expect(await claim({ perOwner: 2 })).toHaveLength(1)
    expect(await claim({ perOwner: 2 })).toEqual([])
    await wait([await projectOf()], { item: 'other' })
    expect(await items({ perOwner: 2 })).toEqual(['other 0'])
    // Places are counted on each node.
    expect(await claim({ node: 'b', perOwner: 2 })).toHaveLength(1)
  })

  it('come around to every project when more wait than one claim looks at', async () => {
    const projects = await projectsOfOne(db, 120)
    const flood = projects[60] as ProjectId
    await wait([...times(500, flood), ...projects])
    const turn: ClaimTurn = { after: '' }
    const seen: ProjectId[] = []
    for (let i = 0; i < 180; i++) seen.push(...(await claim({}, turn)).map(({ projectId }) => projectId))
    expect(new Set(seen.slice(0, 125)).size).toBeGreaterThanOrEqual(118)
    expect(new Set(seen).size).toBe(120)
    expect(await claim({}, turn)).toMatchObject([{ projectId: flood }])
  })

  it('find a job behind a hundred projects that may not run now', async () => {
    const projects = await projectsOfOne(db, 120)
    await wait(projects)
    expect(await claim({ perOwner: 1 })).toHaveLength(1)
    await wait([await projectOf()], { item: 'other' })
    expect(await items({ perOwner: 1 })).toEqual(['other 0'])
  })

  it('fill all their places, though what may run is far apart among projects that wait for others', async () => {
    const projects = await projectsOfOne(db, 120)
    await wait(projects, { kind: 'another' })
    await wait([projects[3] as ProjectId, projects[110] as ProjectId], { item: 'far' })
    expect((await items({ limit: 4 })).toSorted()).toEqual(['far 0', 'far 1'])
  })

  it('side by side take each job once, and none goes away empty while jobs wait', async () => {
    const project = await projectOf()
    await wait(times(20, project))
    const nodes = Array.from({ length: 8 }, (_, i) => `node ${i}`)
    const claimed = (await Promise.all(nodes.map((node) => claim({ node, limit: 2 })))).map((jobs) =>
      jobs.map(({ id }) => id),
    )
    expect(claimed.every(({ length }) => length === 2)).toBe(true)
    expect(new Set(claimed.flat()).size).toBe(16)
  })
})

describe('claims of jobs', () => {
  it('on PostgreSQL pass over what another transaction holds', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId } = await aProject(db)
    const enqueue = (item: string) =>
      inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'count', payload: { item } }))
    const held = await enqueue('held')
    await enqueue('free')
    await inTransaction(db, async (tx) => {
      await tx.selectFrom('jobs').select('id').where('id', '=', held).forUpdate().execute()
      const jobs = await claimJobs(db, { node: 'a', kinds: ['count'], limit: 1 })
      expect(jobs).toMatchObject([{ payload: { item: 'free' } }])
    })
  })

  it('on SQLite read the fronts of lines by their index, and nothing else of what waits', async () => {
    await using db = await openTestDatabase('sqlite')
    const { projectId } = await aProject(db)
    const enqueue = () => inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'count', payload: {} }))
    for (let i = 0; i < 3; i++) await enqueue()
    for (const perOwner of [undefined, 1]) {
      const steps = await planOf(db.query, (query) =>
        claimJobs(
          { engine: 'sqlite', query, unsyncedQuery: query, [Symbol.asyncDispose]: async () => undefined },
          { node: 'a', kinds: ['count'], limit: 1, perOwner },
        ),
      )
      const reads = steps.filter((step) => /^(SCAN|SEARCH) (a|j|f|jobs)\b/.test(step))
      expect([...new Set(reads)].toSorted()).toEqual([
        // All that run, and the very first that waits.
        'SCAN j USING COVERING INDEX jobs_waiting',
        'SCAN jobs USING COVERING INDEX jobs_running',
        'SCAN jobs USING INDEX jobs_running',
        'SEARCH a USING INDEX jobs_waiting (project_id=? AND kind=?)',
        'SEARCH f USING INTEGER PRIMARY KEY (rowid=?)',
        'SEARCH j USING COVERING INDEX jobs_waiting (project_id>?)',
        'SEARCH jobs USING COVERING INDEX sqlite_autoindex_jobs_1 (project_id=? AND id=?)',
        'SEARCH jobs USING INDEX jobs_running (project_id=?)',
      ])
    }
  })
})
