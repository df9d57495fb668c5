import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { newId } from '../src/ids.ts'
import { makeTar, makeZip } from './fixtures/make-files.ts'
import { makeParquet } from './fixtures/make-parquet.ts'
import { engines } from './support/databases.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'
import { startWebServer } from './support/web-server.ts'

const page = (title: string, text: string) =>
  `<!doctype html><html><head><title>${title}</title></head><body><nav><a href="/">Home</a> <a href="/imprint">Imprint</a></nav>
   <article><h1>${title}</h1><p>${text}</p></article></body></html>`

async function aWebSource(app: TestApp, configuration: object) {
  const project = `/v1/projects/${(await app.call('POST', '/v1/projects', { name: newId(), organization_id: 'o' })).body.id}`
  const made = await app.call('POST', `${project}/data-sources`, { type: 'web', name: 'Site', configuration })
  expect(made.status).toBe(201)
  const source = `${project}/data-sources/${made.body.id}`
  return {
    source,
    validate: async () => (await app.call('POST', `${source}/validate`)).body,
    sync: async () => {
      expect((await app.call('POST', `${source}/sync`)).status).toBe(202)
      await until(
        async () => (await app.call('GET', source)).body.status,
        (status) => status !== 'syncing',
        60_000,
      )
      return (await app.call('GET', source)).body
    },
    files: async () => {
      const { files } = (await app.call('GET', `${source}/files`)).body
      return Object.fromEntries(files.map((file: { url: string }) => [new URL(file.url).pathname, file]))
    },
    statuses: async () => {
      const { files } = (await app.call('GET', `${source}/files`)).body
      return Object.fromEntries(files.map(({ key, status }: { key: string; status: string }) => [key, status]))
    },
    search: async (query: string) => {
      const { passages } = (await app.call('POST', `${project}/search`, { query })).body
      return passages.map(({ document_name: name }: { document_name: string }) => name)
    },
  }
}

describe.each(engines)('a web site as a data source on %s', { timeout: 120_000 }, (engine) => {
  it('is read, searched, and followed as it changes', async () => {
    await using site = await startWebServer({
      '/': `<a href="/lamps">Lamps</a> <a href="/ovens">Ovens</a> <a href="/vault">Vault</a> <a href="/imprint">Imprint</a>`,
      '/lamps': {
        headers: { 'content-type': 'text/html; charset=windows-1252' },
        body: Buffer.from(page('Lamps', 'Every lamp glows at 2,700 kelvin. The K\xfchlung is silent.'), 'latin1'),
      },
      '/ovens': page('Ovens', 'The lamp oven bakes bread at 240 degrees for an hour.'),
      '/vault': { status: 403 },
      '/imprint': `<meta name="robots" content="noindex">${page('Imprint', 'Written by hand.')}`,
    })
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: `127.0.0.1:${site.port}` } })
    const web = await aWebSource(app, { url: site.url, crawl: 'site', max_pages: 10 })
    expect(await web.validate()).toMatchObject({
      status: 'success',
      message: expect.stringContaining('may be crawled'),
    })
    expect(await web.sync()).toMatchObject({ status: 'connected' })
    expect(await web.search('how hot is the oven for bread')).toContain('ovens.html')
    expect(await web.search('Kühlung')).toEqual(['lamps.html'])
    const reason = { vault: expect.stringContaining('does not let this server read it (403)') }
    expect(await web.files()).toMatchObject({
      '/lamps': { status: 'indexed', reason: null },
      '/ovens': { status: 'indexed' },
      '/vault': { status: 'failed', reason: reason.vault },
      '/imprint': { status: 'skipped', reason: expect.stringContaining('noindex') },
    })
    site.set('/ovens', undefined)
    site.set('/lamps', page('Lamps', 'Every lamp glows at 4,000 kelvin, like the moon.'))
    expect(await web.sync()).toMatchObject({ status: 'connected' })
    expect(await web.search('bread')).toEqual([])
    expect(await web.search('moon')).toEqual(['lamps.html'])
    expect(Object.keys(await web.files()).toSorted()).toEqual(['/', '/imprint', '/lamps', '/vault'])
  })

  it('has archives and tables on it, which are read as those that are uploaded', async () => {
    const zip = makeZip({ 'lamps.txt': 'A lamp glows at 2,700 kelvin.', 'content.xml': '<oven>Bread</oven>' })
    const tar = makeTar({ 'kettle.txt': 'A kettle whistles.' })
    await using site = await startWebServer({
      '/': '<a href="/a.zip">1</a> <a href="/b.tgz">2</a> <a href="/c.tar">3</a> <a href="/d.parquet">4</a> <a href="/e">5</a>',
      '/a.zip': { headers: { 'content-type': 'application/zip' }, body: zip },
      '/b.tgz': { headers: { 'content-type': 'application/octet-stream' }, body: gzipSync(tar) },
      '/c.tar': { headers: { 'content-type': 'application/x-tar' }, body: tar },
      '/d.parquet': { headers: { 'content-type': 'application/octet-stream' }, body: await makeParquet('4 as legs') },
      '/e': { headers: { 'content-type': 'application/x-zip-compressed' }, body: makeZip({ 'pan.txt': 'A pan.' }) },
    })
    await using app = await startTestApp({ engine, env: { QUORY_EGRESS_ALLOW: `127.0.0.1:${site.port}` } })
    const whole = await aWebSource(app, { url: site.url, crawl: 'site' })
    expect(await whole.sync()).toMatchObject({ status: 'connected', error: null })
    expect(await whole.statuses()).toEqual({
      [`${site.url}/`]: 'indexed',
      [`${site.url}/a.zip`]: 'unpacked',
      [`${site.url}/a.zip!/lamps.txt`]: 'indexed',
      [`${site.url}/a.zip!/content.xml`]: 'indexed',
      [`${site.url}/b.tgz`]: 'unpacked',
      [`${site.url}/b.tgz!/kettle.txt`]: 'indexed',
      [`${site.url}/c.tar`]: 'unpacked',
      [`${site.url}/c.tar!/kettle.txt`]: 'indexed',
      [`${site.url}/d.parquet`]: 'indexed',
      [`${site.url}/e`]: 'unpacked',
      [`${site.url}/e!/pan.txt`]: 'indexed',
    })
    const single = await aWebSource(app, { url: `${site.url}/a.zip` })
    expect(await single.validate()).toMatchObject({ status: 'success' })
    expect(await single.sync()).toMatchObject({ status: 'connected', error: null })
    expect(await single.search('how many kelvin has a lamp')).toEqual(['lamps.txt'])
  })

  it('that is not on the public internet is refused in words, and nothing reaches it', async () => {
    await using site = await startWebServer({ '/': 'secret' })
    await using app = await startTestApp({ engine })
    const words = expect.stringContaining('only the public internet is called')
    const whole = await aWebSource(app, { url: site.url, crawl: 'site' })
    expect(await whole.sync()).toMatchObject({ status: 'error', error: words })
    const page = await aWebSource(app, { url: site.url, crawl: 'page' })
    expect(await page.sync()).toMatchObject({ status: 'error', error: words })
    expect(await page.validate()).toMatchObject({ status: 'error', message: words })
    expect(await page.files()).toMatchObject({ '/': { status: 'failed', reason: words } })
    expect(site.connections).toBe(0)
  })
})
