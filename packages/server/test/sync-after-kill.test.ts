import { describe, expect, it } from 'vitest'
import { openPostgres } from '../src/database/postgres.ts'
import { createTestDatabase, type DatabasePlace, engines, settingsOf } from './support/databases.ts'
import { s3Credentials, startS3Server } from './support/s3-server.ts'
import { startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

const [all, sent] = [16, 8]

/** On PostgreSQL another node takes over when the lease has run out; the test does not wait for it. */
async function endLeasesNow({ databaseUrl }: DatabasePlace): Promise<void> {
  if (databaseUrl === undefined) return
  await using db = openPostgres(databaseUrl)
  await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
}

interface File {
  readonly key: string
  readonly status: string
  readonly document_id: string
  readonly updated_at: string
}

describe.each(engines)('what was killed while it synced a source, on %s', (engine) => {
  it.each(['a sync', 'a training'])('%s goes on and reads nothing again', { timeout: 90_000 }, async (kind) => {
    await using place = await createTestDatabase(engine)
    await using bucket = await startS3Server({ pageSize: 100 })
    const keys = Array.from({ length: all }, (_, i) => `animals/${String(i).padStart(2, '0')}.txt`)
    for (const [i, key] of keys.entries()) bucket.put(key, `The heron number ${i} waits in the reeds.`)
    const env = {
      ...settingsOf(place),
      QUORY_SECRET: 'a secret for tests only',
      QUORY_EGRESS_ALLOW: '127.0.0.1',
    }
    bucket.sendOnly(sent)
    const { path, before } = await (async () => {
      await using first = await startServerProcess(env)
      const { id } = (await first.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body
      const configuration = { ...s3Credentials, endpoint: bucket.url, force_path_style: 'true' }
      const s3 = { type: 's3', name: 'Animals', configuration }
      const made = await first.call('POST', `/v1/projects/${id}/data-sources`, s3)
      const path = `/v1/projects/${id}/data-sources/${made.body.id}`
      if (kind === 'a sync') await first.call('POST', `${path}/sync`)
      else await first.call('POST', `/v1/projects/${id}/training`, { data_source_ids: [made.body.id] })
      const { body } = await until(
        () => first.call('GET', `${path}/files?status=indexed`),
        (response) => response.body.files.length === sent,
        40_000,
      )
      await first.kill()
      return { path, before: body.files as File[] }
    })()
    const asked = () => keys.map((key) => bucket.requests.filter((url) => url.includes(key)).length)
    const read = new Set(before.map(({ key }) => key))
    expect(keys.filter((_, i) => (asked()[i] ?? 0) > 0).length).toBeLessThan(all)
    bucket.sendOnly(all)
    await endLeasesNow(place)
    await using second = await startServerProcess(env)
    const { body: source } = await until(
      () => second.call('GET', path),
      ({ body }) => body.status !== 'syncing',
      40_000,
    )
    expect(source).toMatchObject({
      status: 'connected',
      error: null,
      sync: {
        number: 1,
        progress: {
          listed: { files: all },
          fetched: { files: all },
          parsed: { files: all },
          indexed: { files: all },
          skipped: 0,
          failed: 0,
        },
      },
    })
    expect(source.documents).toHaveLength(all)
    const trainings = await until(
      () => second.call('GET', path.replace(/data-sources.*/, 'training')),
      ({ body }) => body.training_jobs.every((training: { status: string }) => training.status !== 'in_progress'),
    )
    expect(trainings.body.training_jobs.map((training: { status: string }) => training.status)).toEqual(
      kind === 'a sync' ? [] : ['completed'],
    )
    const after = (await second.call('GET', `${path}/files`)).body.files as File[]
    expect(after).toHaveLength(all)
    // Not one of them was touched.
    for (const file of before) expect(after.find(({ key }) => key === file.key)).toEqual(file)
    const timesAsked = asked()
    for (const [i, key] of keys.entries()) {
      const isRead = [...read].some((each) => each.endsWith(key))
      if (isRead) expect(timesAsked[i], key).toBe(1)
    }
    // Listed once: the restart knew what there was.
    expect(bucket.requests.filter((url) => url.includes('list-type=2'))).toHaveLength(1)
  })
})
