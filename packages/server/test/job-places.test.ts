import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { aPerson } from './support/quivr-people.ts'
import { startTestApp, type TestClient, until } from './support/start-test-app.ts'

/** A site that takes every request for a page and never answers it. */
async function openSilentSite() {
  let asked = 0
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end()
    asked += 1
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

let projects = 0
async function aProject(call: TestClient): Promise<string> {
  return `/v1/projects/${(await call('POST', '/v1/projects', { name: `p${projects++}`, organization_id: 'o' })).body.id}`
}

async function aSite(call: TestClient, project: string, url: string): Promise<string> {
  const web = { type: 'web', name: `Zoo ${Math.random()}`, configuration: { url, crawl: 'page' } }
  return `${project}/data-sources/${(await call('POST', `${project}/data-sources`, web)).body.id}`
}

describe.each(engines)('places for jobs on %s', { timeout: 60_000 }, (engine) => {
  it('long syncs of one person hold up neither the uploads nor the syncs of others', async () => {
    await using site = await openSilentSite()
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: '127.0.0.1' } })
    const [busy, other] = [await aPerson(app, 'busy'), await aPerson(app, 'other')]
    // In projects of their own: it is the person who has a limit.
    for (let i = 0; i < 4; i++) {
      const source = await aSite(busy.call, await aProject(busy.call), site.url)
      expect((await busy.call('POST', `${source}/sync`)).status).toBe(202)
    }
    await until(
      async () => site.asked(),
      (asked) => asked === 2,
    )
    const project = await aProject(other.call)
    const form = aForm(['f', aFile('The heron waits in the reeds.'), 'heron.txt'])
    const uploaded = (await other.call('POST', `${project}/data-sources/upload`, form)).body.data_sources[0].id
    await until(
      () => other.call('GET', `${project}/data-sources/${uploaded}`),
      ({ body }) => body.status === 'connected',
      30_000,
    )
    expect(site.asked()).toBe(2)
    await other.call('POST', `${await aSite(other.call, project, site.url)}/sync`)
    await until(
      async () => site.asked(),
      (asked) => asked === 3,
    )
  })

  it('a sync that a training runs stops soon after it was paused or cancelled', async () => {
    await using site = await openSilentSite()
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: '127.0.0.1' } })
    const project = await aProject(app.call)
    for (const [index, [change, state]] of [['pause', 'paused'] as const, ['cancel', 'cancelled'] as const].entries()) {
      const source = await aSite(app.call, project, site.url)
      const ids = [source.split('/').at(-1)]
      const { id } = (await app.call('POST', `${project}/training`, { data_source_ids: ids })).body
      await until(
        async () => site.asked(),
        (asked) => asked === index + 1,
      )
      expect((await app.call('POST', `${source}/${change}`)).body.sync.state).toBe(state)
      // Without it the site would be waited for, half a minute each time.
      const training = await until(
        async () => (await app.call('GET', `${project}/training/${id}`)).body,
        ({ status }) => status === 'failed',
        8_000,
      )
      expect(training.error).toContain(`Its sync was ${state} meanwhile.`)
      expect((await app.call('GET', source)).body.sync).toMatchObject({ state })
    }
  })
})
