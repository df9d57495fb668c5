import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Egress } from '../src/egress/egress.ts'
import { createOpenConnector } from '../src/ingestion/connectors/open-connector.ts'
import { engines } from './support/databases.ts'
import { startGitHubServer } from './support/github-server.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const page = (text: string) => `<html><head><title>Zoo</title></head><body><main><p>${text}</p></main></body></html>`

/** A site of one page, on this machine. */
async function openSite(text = 'The heron waits in the reeds of the lake for hours until a fish comes near.') {
  let requests = 0
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end()
    requests += 1
    if (request.url === '/zoo/private') return response.writeHead(403).end()
    if (request.headers['if-none-match'] === '"1"') return response.writeHead(304).end()
    return response.writeHead(200, { 'content-type': 'text/html', etag: '"1"' }).end(page(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/zoo`,
    allow: { QUORY_EGRESS_ALLOW: `127.0.0.1:${port}` },
    count: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function sourceOf(app: TestApp, path: string) {
  return await until(
    () => app.call('GET', path),
    ({ body }) => body.sync?.number > 0 && body.sync.state !== 'running',
    45_000,
  )
}

describe.each(engines)('a source of another service on %s', { timeout: 60_000 }, (engine) => {
  it('is tried, synced, and searched, with each step told', async () => {
    await using site = await openSite()
    await using app = await startTestApp({ engine, env: site.allow })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const sources = `/v1/projects/${project}/data-sources`
    const body = { type: 'web', name: 'Zoo', configuration: { url: site.url, crawl: 'page' } }
    const made = (await app.call('POST', sources, body)).body
    const path = `${sources}/${made.id}`
    expect((await app.call('GET', path)).body).toMatchObject({ status: 'configured', sync: null })
    expect((await app.call('POST', `${path}/validate`)).body).toMatchObject({ status: 'success' })
    for (const change of ['pause', 'resume', 'cancel']) {
      const { status, body } = await app.call('POST', `${path}/${change}`)
      expect([status, body]).toEqual([200, { sync: null }])
    }
    expect((await app.call('POST', `${path}/sync`)).status).toBe(202)
    const { body: synced } = await sourceOf(app, path)
    expect(synced).toMatchObject({
      status: 'connected',
      error: null,
      sync: {
        state: 'completed',
        mode: 'full',
        number: 1,
        progress: { listed: { files: 1 }, indexed: { files: 1 }, failed: 0, remaining_seconds: null },
      },
    })
    const { files } = (await app.call('GET', `${path}/files?status=indexed`)).body
    expect(files).toMatchObject([{ url: site.url, status: 'indexed', reason: null, document_id: expect.any(String) }])
    const found = (await app.call('POST', `/v1/projects/${project}/search`, { query: 'heron' })).body.passages
    expect(found).toHaveLength(1)
    await app.call('POST', `${path}/sync`, { full: true })
    await app.app.jobs.idle()
    const again = (await app.call('POST', `/v1/projects/${project}/search`, { query: 'heron' })).body.passages
    expect(again[0].document_id).toBe(found[0].document_id)
  })

  it('is synced by itself when it is due', async () => {
    await using site = await openSite()
    await using app = await startTestApp({ engine, env: site.allow })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const sources = `/v1/projects/${project}/data-sources`
    const body = { type: 'web', name: 'Zoo', configuration: { url: site.url }, sync_every_minutes: 5 }
    const refused = await app.call('POST', sources, { ...body, sync_every_minutes: 4 })
    expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ['body', 'sync_every_minutes']])
    const { id } = (await app.call('POST', sources, body)).body
    const { body: synced } = await sourceOf(app, `${sources}/${id}`)
    expect(synced.sync).toMatchObject({ state: 'completed', number: 1, every_minutes: 5 })
    expect(Date.parse(synced.sync.next_at) - Date.now()).toBeGreaterThan(200_000)
    await app.call('PUT', `${sources}/${id}`, { sync_every_minutes: 0 })
    expect((await app.call('GET', `${sources}/${id}`)).body.sync).toMatchObject({ every_minutes: null, next_at: null })
  })

  it('fails the training that could read nothing of it', async () => {
    await using site = await openSite()
    await using app = await startTestApp({ engine, env: site.allow })
    const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id}`
    const body = { type: 'web', name: 'Zoo', configuration: { url: `${site.url}/private` } }
    const { id } = (await app.call('POST', `${project}/data-sources`, body)).body
    const training = (await app.call('POST', `${project}/training`, { data_source_ids: [id] })).body
    await app.app.jobs.idle()
    expect((await app.call('GET', `${project}/training/${training.id}`)).body).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^1 of 1 could not be read\. "Zoo": .*403/),
      progress: { current_step: 'failed', percent_complete: 100 },
      report: { documents: 0, skipped_count: 1, skipped: [{ data_source_id: id, name: `${site.url}/private` }] },
    })
    expect((await app.call('GET', `${project}/data-sources/${id}`)).body).toMatchObject({
      status: 'error',
      sync: { state: 'completed' },
    })
  })

  it('is a page that a brain crawls, and the chat is told how it went', async () => {
    await using site = await openSite()
    await using app = await startTestApp({ engine, env: site.allow })
    const brain = (await app.call('GET', '/brains/default')).body.id
    const chat = (await app.call('POST', '/chat', { name: 'Zoo' })).body.chat_id
    const query = `brain_id=${brain}&chat_id=${chat}`
    const started = await app.call('POST', `/crawl?${query}`, { url: site.url, js: false, depth: 1, max_pages: 100 })
    expect([started.status, started.body]).toEqual([200, { message: 'Crawl processing has started.' }])
    await app.app.jobs.idle()
    const [note, ...others] = (await app.call('GET', `/notifications/${chat}`)).body
    expect(others).toEqual([])
    expect(note).toMatchObject({ chat_id: chat, action: 'CRAWL', status: 'Done' })
    expect(note.message).not.toContain("'")
    expect(JSON.parse(note.message)).toMatchObject({ status: 'success' })
    const history = (await app.call('GET', `/chat/${chat}/history`)).body
    expect(history).toMatchObject([{ item_type: 'NOTIFICATION', body: note }])
    const { knowledges } = (await app.call('GET', `/knowledge?brain_id=${brain}`)).body
    expect(knowledges).toMatchObject([{ url: site.url, file_name: null, status: 'connected' }])
    const elsewhere = await app.call('POST', `/crawl?brain_id=${brain}`, { url: 'http://127.0.0.1:1/' })
    expect(elsewhere.status).toBe(200)
    await app.app.jobs.idle()
    const listed = (await app.call('GET', `/knowledge?brain_id=${brain}`)).body.knowledges
    expect(listed[1]).toMatchObject({ status: 'error', error: expect.stringContaining('QUORY_EGRESS_ALLOW') })
  })

  it('is a public repository that a brain crawls, read without a token', async () => {
    await using server = await startGitHubServer({ token: 'nobody has it' })
    server.addRepository('octo/app')
    server.addRepository('octo/private', { isPrivate: true })
    server.commit('octo/app', {
      'README.md': '# App\n\nThe walrus sleeps on the ice.',
      'docs/a b.md': 'The heron waits.',
    })
    server.commit('octo/app', { 'next.md': 'The lynx sleeps in the wood.' }, { branch: 'next' })
    const egress = new Egress({ allow: [{ type: 'host', host: '127.0.0.1', port: undefined }] })
    const open = createOpenConnector({ egress })
    await using app = await startTestApp({
      engine,
      openConnector: (type, configuration) => open(type, { ...configuration, base_url: server.url }),
    })
    const brain = (await app.call('GET', '/brains/default')).body.id
    const chat = (await app.call('POST', '/chat', { name: 'Code' })).body.chat_id
    const ends = ['', '.git', '/tree/next', '/tree/none', '/tree/main/docs']
    const urls = ends.map((end) => `https://github.com/octo/app${end}`)
    for (const url of [...urls, 'https://github.com/octo/private']) {
      const started = await app.call('POST', `/crawl?brain_id=${brain}&chat_id=${chat}`, { url })
      expect([started.status, started.body]).toEqual([200, { message: 'Crawl processing has started.' }])
      await app.app.jobs.idle()
    }
    const { knowledges } = (await app.call('GET', `/knowledge?brain_id=${brain}`)).body
    expect(knowledges).toMatchObject([
      { url: urls[0], file_name: null, extension: '', status: 'connected', error: null },
      { url: urls[1], status: 'connected' },
      { url: urls[2], status: 'connected' },
      { url: urls[3], status: 'error', error: 'No repository that is read has a branch none.' },
      { url: urls[4], status: 'connected' },
      { status: 'error', error: expect.stringContaining('no public repository octo/private') },
    ])
    const filesOf = async (id: string) => {
      const { files } = (await app.call('GET', `/v1/projects/${brain}/data-sources/${id}/files`)).body
      return files.map(({ key, status }: { key: string; status: string }) => `${key} ${status}`).toSorted()
    }
    expect(await filesOf(knowledges[0].id)).toEqual(['octo/app/README.md indexed', 'octo/app/docs/a b.md indexed'])
    expect(await filesOf(knowledges[2].id)).toEqual(['octo/app/next.md indexed'])
    expect(await filesOf(knowledges[4].id)).toEqual(['octo/app/docs/a b.md indexed'])
    const notes = (await app.call('GET', `/notifications/${chat}`)).body
    expect(notes).toHaveLength(6)
    for (const note of notes) expect(note).toMatchObject({ action: 'CRAWL', status: 'Done' })
    // Without a token few calls of the API are free: files come from their pages.
    expect(server.requests.some(({ path }) => path.includes('/blobs/'))).toBe(false)
    expect(server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })
})
