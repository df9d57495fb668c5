import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { s3Credentials, startS3Server } from './support/s3-server.ts'
import { startTestApp, until } from './support/start-test-app.ts'

const [all, sent] = [10, 3]

describe.each(engines)('a sync that runs, on %s', { timeout: 60_000 }, (engine) => {
  it('is paused, goes on where it was, and is cancelled, as its buttons say', async () => {
    await using bucket = await startS3Server({ pageSize: 100 })
    for (let i = 0; i < all; i++) bucket.put(`${i}.txt`, `The heron number ${i} waits in the reeds.`)
    const asked = (key: string) => bucket.requests.filter((url) => url.includes(`/${key}`)).length
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: `127.0.0.1:${bucket.port}` } })
    const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
    const configuration = { ...s3Credentials, endpoint: bucket.url }
    const made = await app.call('POST', `${project}/data-sources`, { type: 's3', name: 'Animals', configuration })
    const path = `${project}/data-sources/${made.body.id}`
    const change = async (name: string) => {
      const { status, body } = await app.call('POST', `${path}/${name}`)
      return [status, body.sync.state]
    }
    const read = async () => {
      const { files } = (await app.call('GET', `${path}/files?status=indexed`)).body
      return files.map(({ key }: { key: string }) => key) as string[]
    }

    bucket.sendOnly(sent)
    expect(await change('sync')).toEqual([202, 'running'])
    const first = await until(read, (keys) => keys.length === sent)
    const { body: running } = await until(
      () => app.call('GET', path),
      ({ body }) => body.sync.progress?.indexed.files === sent,
    )
    expect(running).toMatchObject({ status: 'syncing', sync: { state: 'running', number: 1, ended_at: null } })
    for (let i = 0; i < 2; i++) expect(await change('pause')).toEqual([200, 'paused'])
    await app.app.jobs.idle()
    const paused = (await app.call('GET', path)).body
    expect(paused).toMatchObject({ status: 'connected', sync: { state: 'paused', number: 1, ended_at: null } })
    expect(paused.sync.progress).toMatchObject({ files_per_second: null, remaining_seconds: null })
    expect((await read()).toSorted()).toEqual(first.toSorted())

    bucket.sendOnly(all)
    for (let i = 0; i < 2; i++) expect((await change('resume'))[0]).toBe(200)
    await app.app.jobs.idle()
    expect((await app.call('GET', path)).body).toMatchObject({
      status: 'connected',
      sync: { state: 'completed', number: 1, progress: { listed: { files: all }, indexed: { files: all } } },
    })
    for (const key of first) expect([key, asked(key)]).toEqual([key, 1])

    bucket.put('new.txt', 'The otter swims.')
    bucket.sendOnly(0)
    await change('sync')
    await until(
      async () => asked('new.txt'),
      (count) => count > 0,
    )
    for (let i = 0; i < 2; i++) expect(await change('cancel')).toEqual([200, 'cancelled'])
    await app.app.jobs.idle()
    expect((await app.call('GET', path)).body).toMatchObject({
      status: 'connected',
      sync: { state: 'cancelled', number: 2, ended_at: expect.any(String) },
    })
    expect(await read()).toHaveLength(all)
    expect(await change('resume')).toEqual([200, 'cancelled'])

    bucket.sendOnly(all)
    expect(await change('sync')).toEqual([202, 'running'])
    await app.app.jobs.idle()
    expect(await read()).toHaveLength(all + 1)
  })
})
