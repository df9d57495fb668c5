import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { startEmbeddingServer } from './support/embedding-server.ts'
import { startTestApp, until } from './support/start-test-app.ts'
import { startWebServer } from './support/web-server.ts'

const animals = ['heron', 'walrus', 'lynx', 'otter', 'marmot']

interface Seen {
  readonly indexed: { readonly files: number }
  readonly embedded: { readonly files: number; readonly bytes: number } | null
}

async function openSite() {
  const links = animals.map((name) => `<a href="/${name}.txt">${name}</a>`).join(' ')
  const files = animals.map((name): [string, object] => [
    `/${name}.txt`,
    { headers: { 'content-type': 'text/plain' }, body: `The ${name} is looked at by nobody else.` },
  ])
  return await startWebServer({ '/': `<main><p>Animals of the zoo: ${links}</p></main>`, ...Object.fromEntries(files) })
}

describe.each(engines)('the stage after indexing, on %s', { timeout: 60_000 }, (engine) => {
  it('counts the files of a sync that have their vectors, and never goes back', async () => {
    await using site = await openSite()
    await using server = await startEmbeddingServer()
    const env = {
      QUORY_EGRESS_ALLOW: '127.0.0.1',
      QUORY_EMBEDDING_MODEL: 'words',
      QUORY_EMBEDDING_BASE_URL: server.url,
    }
    let isOpen = false
    server.befall(() => (isOpen ? undefined : { status: 503, headers: { 'retry-after': '1' } }))
    await using app = await startTestApp({ engine, env })
    const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
    const web = { type: 'web', name: 'Zoo', configuration: { url: `${site.url}/`, crawl: 'site' } }
    const path = `${project}/data-sources/${(await app.call('POST', `${project}/data-sources`, web)).body.id}`
    const read = async () => (await app.call('GET', path)).body.sync
    await app.call('POST', `${path}/sync`)
    const indexed = await until(read, (sync) => sync.state === 'completed', 30_000)
    expect(indexed.progress).toMatchObject({ indexed: { files: 6 }, embedded: { files: 0, bytes: 0 } })
    isOpen = true
    const seen: Seen[] = []
    const whole = await until(
      async () => {
        const { progress } = await read()
        seen.push(progress)
        return progress
      },
      ({ embedded }) => embedded.files === 6,
      40_000,
    )
    expect(whole.embedded).toEqual(whole.indexed)
    const counts = seen.map(({ embedded }) => embedded?.files ?? -1)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    site.set('/otter.txt', { headers: { 'content-type': 'text/plain' }, body: 'The otter swims where nobody looks.' })
    await app.call('POST', `${path}/sync`, { full: true })
    await until(read, (sync) => sync.state === 'completed' && sync.number === 2, 30_000)
    const again = await until(read, ({ progress }) => progress.embedded.files === 6, 30_000)
    expect(again.progress.embedded).toEqual(again.progress.indexed)
    expect(server.embedded.filter(({ text }) => text.includes('heron'))).toHaveLength(2)
  })

  it('is not there without an embedding model', async () => {
    await using site = await openSite()
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: '127.0.0.1' } })
    const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
    const web = { type: 'web', name: 'Zoo', configuration: { url: `${site.url}/`, crawl: 'page' } }
    const path = `${project}/data-sources/${(await app.call('POST', `${project}/data-sources`, web)).body.id}`
    await app.call('POST', `${path}/sync`)
    await app.app.jobs.idle()
    expect((await app.call('GET', path)).body.sync.progress).toMatchObject({ indexed: { files: 1 }, embedded: null })
  })
})
