import { expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/support/databases.ts'
import { aProject } from '../../../test/support/projects.ts'
import { testSecrets } from '../../../test/support/secrets.ts'
import { migrate } from '../../database/migrate.ts'
import { openDatabase } from '../../database/open-database.ts'
import { createProcessWakeUp } from '../../database/wake-up.ts'
import { newId, type SourceId } from '../../ids.ts'
import { createLogger } from '../../logger.ts'
import { createSource } from '../manage-source.ts'
import { syncKind } from './source-sync.ts'
import { SyncSchedule } from './sync-schedule.ts'

const due = 12

it('nodes on one PostgreSQL that look at the same moment begin each due sync once', async () => {
  await using place = await createTestDatabase('postgres')
  await using resources = new AsyncDisposableStack()
  const logger = createLogger('silent')
  const wakeUp = resources.use(createProcessWakeUp())
  const openNode = async () => {
    const db = resources.use(await openDatabase(place))
    await migrate(db)
    return { db, schedule: resources.use(new SyncSchedule({ db, wakeUp, logger })) }
  }
  const [one, two, three] = [await openNode(), await openNode(), await openNode()]
  const { db } = one
  const { projectId, owner } = await aProject(db)
  const configuration = { username: 'acme', access_token: 'ghp_secret' }
  for (let i = 0; i < due; i++) {
    const source = { projectId, id: newId<SourceId>(), type: 'github', name: `Code ${i}`, configuration }
    await createSource({ db, secrets: testSecrets }, owner, { ...source, syncEveryMinutes: 5 })
  }
  await Promise.all([one, two, three].map(({ schedule }) => schedule.look()))
  const syncs = await db.query.selectFrom('source_syncs').select(['number', 'state', 'job_id', 'next_at']).execute()
  const jobs = await db.query.selectFrom('jobs').select('id').where('kind', '=', syncKind).execute()
  expect(syncs).toHaveLength(due)
  expect(syncs.map(({ number, state }) => [number, state])).toEqual(syncs.map(() => [1, 'running']))
  expect(jobs.map(({ id }) => id).toSorted()).toEqual(syncs.map(({ job_id }) => job_id).toSorted())
  for (const { next_at } of syncs) expect(Date.parse(next_at ?? '')).toBeGreaterThan(Date.now() + 200_000)
  // Nothing is due any more.
  await Promise.all([one, two, three].map(({ schedule }) => schedule.look()))
  expect(await db.query.selectFrom('jobs').select('id').where('kind', '=', syncKind).execute()).toHaveLength(due)
})
