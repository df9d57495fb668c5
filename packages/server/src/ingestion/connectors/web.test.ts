import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startWebServer, type WebPage, type WebServer } from '../../../test/support/web-server.ts'
import { readConfig } from '../../config.ts'
import { Egress } from '../../egress/egress.ts'
import { type Connector, ConnectorFailure, type FetchedFile, FileSkipped, type ListedFile } from './connector.ts'
import { openWeb } from './web.ts'

const signal = AbortSignal.timeout(120_000)

type Outcome = string | { readonly skipped: string } | { readonly failed: string } | 'unchanged'

interface Synced {
  readonly files: readonly ListedFile[]
  /** By path on the site: the text that was fetched, or why there is none. */
  readonly outcomes: Readonly<Record<string, Outcome>>
  readonly fetched: readonly FetchedFile[]
  readonly isFull: boolean
  readonly cursor: string | null
}

interface Site extends AsyncDisposable {
  readonly server: WebServer
  /** Lists and fetches as a sync does; files with a version that is `known` are not fetched. */
  sync(configuration?: object, before?: { cursor?: string | null; known?: readonly ListedFile[] }): Promise<Synced>
  open(configuration?: object): Promise<Connector>
}

async function startSite(pages: Readonly<Record<string, WebPage>>): Promise<Site> {
  const server = await startWebServer(pages)
  const egress = new Egress({ allow: readConfig({ QUORY_EGRESS_ALLOW: `127.0.0.1:${server.port}` }).egressAllow })
  const folder = await mkdtemp(join(tmpdir(), 'quory-web-'))
  const open = (configuration: object = {}) =>
    openWeb({ url: `${server.url}/`, crawl: 'site', ...configuration }, { egress })
  return {
    server,
    open,
    sync: async (configuration, { cursor = null, known = [] } = {}) => {
      await using connector = await open(configuration)
      const files: ListedFile[] = []
      const outcomes: Record<string, Outcome> = {}
      const fetched: FetchedFile[] = []
      const listing = connector.list({ cursor, signal })
      for (;;) {
        const { done, value } = await listing.next()
        if (done === true) {
          const sorted = { files, outcomes, fetched, isFull: value.isFull, cursor: value.cursor }
          for (const [index, file] of files.entries()) {
            const before = known.find(
              ({ key, version }) => key === file.key && version !== null && version === file.version,
            )
            if (before !== undefined) continue
            outcomes[file.key.replace(server.url, '')] = await fetchOutcome(
              connector,
              file,
              join(folder, String(index)),
              fetched,
            )
          }
          return sorted
        }
        if (value.type === 'file') files.push(value.file)
      }
    },
    [Symbol.asyncDispose]: async () => {
      await egress[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function fetchOutcome(
  connector: Connector,
  file: ListedFile,
  path: string,
  fetched: FetchedFile[],
): Promise<Outcome> {
  try {
    const result = await connector.fetch(file, { path, maxBytes: 1_000_000, known: null, signal })
    if (result === 'unchanged') return 'unchanged'
    fetched.push(result)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof FileSkipped) return { skipped: error.message }
    if (error instanceof ConnectorFailure) return { failed: error.message }
    throw error
  }
}

const links = (...addresses: readonly string[]) => addresses.map((address) => `<a href="${address}">x</a>`).join('')
const paths = ({ files }: Synced, { server }: Site) => files.map(({ key }) => key.replace(server.url, ''))

describe('a page', () => {
  it('is fetched, with where it was found in the end, and not again while it has not changed', async () => {
    await using site = await startSite({
      '/a': { status: 301, headers: { location: '/b' } },
      '/b': ({ headers }) =>
        headers['if-none-match'] === '"1"'
          ? { status: 304 }
          : { headers: { etag: '"1"', 'x-robots-tag': 'noindex' }, body: '<title>Bee</title><p>Text' },
      '/robots.txt': { body: 'User-agent: *\nDisallow: /' },
    })
    const connector = await site.open({ url: `${site.server.url}/a`, crawl: 'page' })
    expect(await connector.check(signal)).toBe('“Bee” answers.')
    const synced = await site.sync({ url: `${site.server.url}/a`, crawl: 'page' })
    expect(synced).toMatchObject({
      files: [{ key: `${site.server.url}/a`, name: 'a.html', version: null }],
      outcomes: { '/a': '<title>Bee</title><p>Text' },
      fetched: [{ version: 'etag:"1"', mediaType: 'text/html', name: 'b.html', size: 25 }],
      isFull: true,
    })
    const [file] = synced.files
    const options = { path: '/nowhere', maxBytes: 100, known: 'etag:"1"', signal }
    expect(await connector.fetch(file ?? expect.fail(), options)).toBe('unchanged')
    expect(site.server.requests.map(({ path }) => path)).not.toContain('/robots.txt')
  })

  it('says in words what is wrong', async () => {
    await using site = await startSite({
      '/secret': { status: 403 },
      '/down': { status: 500 },
      '/picture': { headers: { 'content-type': 'image/png' }, body: 'x' },
      '/loop': { status: 302, headers: { location: '/loop' } },
    })
    const check = async (path: string) => {
      const connector = await site.open({ url: site.server.url + path, crawl: 'page' })
      const error: unknown = await connector.check(signal).then(
        (words) => words,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(ConnectorFailure)
      return (error as ConnectorFailure).message
    }
    const host = `127.0.0.1:${site.server.port}`
    expect(await check('/secret')).toBe(`${host} does not let this server read it (403).`)
    expect(await check('/missing')).toBe(`${host} has no such page (404).`)
    expect(await check('/down')).toBe(`${host} answers 500 instead of the page.`)
    expect(await check('/picture')).toBe('Files of the kind image/png are not read.')
    expect(await check('/loop')).toBe(`${host} sends on more than 5 times.`)
    await expect(site.open({ url: 'http://user:word@example.com' })).rejects.toThrow(/user name or password/)
    await expect(site.open({ url: 'file:///etc/passwd' })).rejects.toThrow(/Only http and https/)
    await expect(site.open({ max_pages: 0 })).rejects.toThrow(/max_pages/)
    await expect(site.open({ crawl: 'everything' })).rejects.toThrow(/crawl/)
    const internal = await openWeb({ url: 'http://127.0.0.1:8080/' }, { egress: new Egress({ allow: [] }) })
    await expect(internal.check(signal)).rejects.toThrow(ConnectorFailure)
    await expect(internal.check(signal)).rejects.toThrow(/only the public internet/)
  })

  it.each([
    ['the header', 'text/html; charset=windows-1251', 'Привет', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2])],
    [
      'the header over its own word',
      'text/html; charset="iso-8859-1"',
      '<meta charset="utf-8">é',
      Buffer.from('<meta charset="utf-8">\xe9', 'latin1'),
    ],
    [
      'its own word',
      'text/html',
      '\ufeff<meta charset=shift_jis>テスト',
      Buffer.concat([Buffer.from('<meta charset=shift_jis>'), Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67])]),
    ],
    [
      'the header over another word of its own',
      'text/html; charset=utf-8',
      '\ufeff<meta charset=gbk>é',
      Buffer.from('<meta charset=gbk>é'),
    ],
    ['a mark in front', 'text/html; charset=utf-8', 'Grüße', Buffer.from('\ufeffGrüße', 'utf16le')],
    ['the header of plain text', 'text/plain; charset=iso-8859-2', 'Łódź', Buffer.from([0xa3, 0xf3, 0x64, 0xbc])],
    ['nothing', 'text/html', 'Grüße', Buffer.from('Grüße')],
    ['a name that is none', 'text/html; charset=nonsense', 'Grüße', Buffer.from('Grüße')],
  ])('in the encoding that %s says is kept as UTF-8', async (_what, contentType, text, body) => {
    await using site = await startSite({ '/': { headers: { 'content-type': contentType }, body } })
    expect((await site.sync({ crawl: 'page' })).outcomes).toEqual({ '/': text })
    if (contentType.includes('html')) expect((await site.sync()).outcomes).toEqual({ '/': text })
  })
})

it('a document that a server calls text in some encoding is kept as it came', async () => {
  const body = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3', 'latin1')
  const headers = { 'content-type': 'text/plain; charset=iso-8859-1' }
  await using site = await startSite({ '/report.pdf': { headers, body } })
  const { outcomes } = await site.sync({ url: `${site.server.url}/report.pdf`, crawl: 'page' })
  expect(outcomes).toEqual({ '/report.pdf': body.toString() })
})

describe('a site', () => {
  it('is followed breadth first, each page once, whatever the links to it look like', async () => {
    await using site = await startSite({
      '/': `<title>Home</title>${links('/a', 'b/', 'https://other.example/', 'mailto:x@y.z', '#top', 'javascript:void 0')}`,
      '/a': links(
        '/',
        '/a#part',
        '/a?utm_source=x&fbclid=1',
        '/b',
        '/c?b=1&a=2',
        '//127.0.0.1:1/',
        'HTTP://other.example/a',
      ),
      '/b/': links('/c?a=2&b=1', '/c?b=1&a=2&utm_medium=y', '/from', '../a/'),
      '/c?b=1&a=2': 'C',
      '/from': { status: 302, headers: { location: '/to' } },
      '/to': links('/from', '/away', '/gone'),
      '/away': { status: 302, headers: { location: 'https://other.example/' } },
    })
    const synced = await site.sync()
    expect(paths(synced, site)).toEqual(['/', '/a', '/b/', '/c?b=1&a=2', '/to', '/away'])
    expect(synced.files.map(({ name }) => name).slice(0, 4)).toEqual([
      '127.0.0.1.html',
      'a.html',
      'b.html',
      'c?b=1&a=2.html',
    ])
    expect(synced.outcomes['/c?b=1&a=2']).toBe('C')
    expect(synced.outcomes['/away']).toEqual({ skipped: 'It leads to another site (other.example).' })
    const asked = site.server.requests.map(({ path }) => path)
    expect(asked).toEqual([
      '/robots.txt',
      '/',
      '/sitemap.xml',
      '/a',
      '/b/',
      '/c?b=1&a=2',
      '/from',
      '/to',
      '/away',
      '/gone',
    ])
    expect(site.server.requests[1]?.headers['user-agent']).toMatch(/^Quory\//)
  })

  it('stays within its limits of pages, depth and paths', async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`/p${n}`, links(`/p${n + 1}`, `/docs/${n}`, `/docs/old/${n}`)] as const),
    )
    const docs = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`/docs/${n}`, links(`/p${n}`)] as const))
    await using site = await startSite({
      '/': links('/p0', '/docs/x'),
      '/docs/x': links('/docs/1', '/docs/old/1'),
      ...pages,
      ...docs,
    })
    expect(paths(await site.sync({ max_pages: 3 }), site)).toEqual(['/', '/p0', '/docs/x'])
    expect(paths(await site.sync({ max_depth: 0 }), site)).toEqual(['/'])
    expect(paths(await site.sync({ max_depth: 2 }), site)).toEqual(['/', '/p0', '/docs/x', '/p1', '/docs/0', '/docs/1'])
    const some = await site.sync({ include_paths: '/docs/, /p0', exclude_paths: 'docs/old', max_pages: 5 })
    expect(paths(some, site)).toEqual(['/', '/p0', '/docs/x', '/docs/0', '/docs/1'])
  })

  it('obeys robots.txt, also where a redirect leads, and asks for it once', async () => {
    await using site = await startSite({
      '/robots.txt':
        'User-agent: *\nDisallow: /\n\nUser-agent: quory\nDisallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\nCrawl-delay: 0.2',
      '/': links('/private/a', '/private/open', '/to-private', '/x.pdf', '/y'),
      '/private/open': 'open',
      '/to-private': { status: 302, headers: { location: '/private/b' } },
      '/y': 'why',
    })
    const started = Date.now()
    const { outcomes } = await site.sync()
    const refused = { skipped: `robots.txt of 127.0.0.1:${site.server.port} does not allow it to be read.` }
    expect(outcomes).toMatchObject({
      '/private/a': refused,
      '/private/open': 'open',
      '/to-private': refused,
      '/x.pdf': refused,
      '/y': 'why',
    })
    const asked = site.server.requests.map(({ path }) => path)
    expect(asked).toEqual(['/robots.txt', '/', '/sitemap.xml', '/private/open', '/to-private', '/y'])
    expect(Date.now() - started).toBeGreaterThan(4 * 200)
  })

  it('is left alone while its robots.txt cannot be read, and read when there is none', async () => {
    await using site = await startSite({ '/': 'home' })
    for (const status of [500, 503, 429]) {
      site.server.set('/robots.txt', { status, headers: { 'retry-after': '60' } })
      const error: unknown = await site.sync().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ConnectorFailure)
      expect(error).toMatchObject({ isPassing: true, message: expect.stringContaining('not crawled for now') })
    }
    for (const status of [404, 403, 410]) {
      site.server.set('/robots.txt', { status })
      expect((await site.sync()).outcomes).toEqual({ '/': 'home' })
    }
    site.server.set('/robots.txt', 'User-agent: *\nDisallow: /')
    await expect(site.sync()).rejects.toThrow(/robots\.txt .* does not allow/)
    await expect((await site.open()).check(signal)).rejects.toThrow(ConnectorFailure)
    site.server.set('/robots.txt', `User-agent: *\nDisallow: /${'*a'.repeat(20_000)}`)
    await expect(site.sync()).rejects.toThrow(/more patterns than can be checked/)
  })

  it('is found through its sitemaps as well: nested, packed, in plain text, and never off the site', async () => {
    const { url } = await startWebServer()
    const urlset = (...locations: readonly string[]) =>
      `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i">${locations
        .map((loc) => `<url><loc>\n ${loc} </loc><image:image><image:loc>/picture</image:loc></image:image></url>`)
        .join('')}</urlset>`
    await using site = await startSite({
      '/': links('/linked'),
      '/linked': 'l',
      '/one': '1',
      '/two': '2',
      '/three': '3',
      '/four': '4',
    })
    const { server } = site
    server.set(
      '/robots.txt',
      `Sitemap: ${server.url}/index.xml\nSitemap: ${url}/sitemap.xml\nSitemap: /list.txt\nSitemap: /broken.xml`,
    )
    server.set(
      '/index.xml',
      `<sitemapindex>${['/one.xml', '/packed.xml.gz', '/index.xml'].map((path) => `<sitemap><loc>${server.url}${path}</loc></sitemap>`).join('')}</sitemapindex>`,
    )
    server.set('/one.xml', urlset(`${server.url}/one`, `${server.url}/one?utm_source=s`, `${url}/elsewhere`))
    server.set('/packed.xml.gz', {
      headers: { 'content-type': 'application/gzip' },
      body: gzipSync(urlset(`${server.url}/two`)),
    })
    server.set('/list.txt', {
      headers: { 'content-type': 'text/plain' },
      body: `${server.url}/three\r\n${server.url}/four\n`,
    })
    server.set('/broken.xml', '<urlset><url><loc>')
    expect(paths(await site.sync(), site)).toEqual(['/', '/linked', '/three', '/four', '/one', '/two'])
    server.set('/robots.txt', undefined)
    server.set('/sitemap.xml', urlset(`${server.url}/two`))
    expect(paths(await site.sync(), site)).toEqual(['/', '/linked', '/two'])
  })

  it('honours noindex, nofollow and canonical addresses', async () => {
    await using site = await startSite({
      '/':
        links('/hidden', '/silent', '/copy', '/meta-all', '/header', '/other-bot') +
        '<a rel="nofollow ugc" href="/not-followed">x</a>',
      '/hidden': `<meta name="robots" content="noindex">${links('/behind')}`,
      '/behind': 'found behind',
      '/silent': `<meta name="ROBOTS" content="nofollow">${links('/unseen')}`,
      '/copy': '<link rel="canonical" href="/original?utm_source=x">the copy',
      '/original': 'the original',
      '/meta-all': `<meta name="robots" content="none">${links('/unseen')}`,
      '/header': { headers: { 'x-robots-tag': 'noindex' }, body: 'h' },
      '/other-bot': { headers: { 'x-robots-tag': 'googlebot: noindex, nofollow' }, body: links('/second-copy') },
      '/second-copy': '<link rel="canonical" href="/original">the copy',
      '/unseen': 'never',
      '/not-followed': 'never',
    })
    const noindex = { skipped: 'The page asks not to be indexed (noindex).' }
    const { outcomes } = await site.sync()
    expect(outcomes).toEqual({
      '/': expect.any(String),
      '/hidden': noindex,
      '/silent': expect.any(String),
      '/original': expect.stringContaining('the copy'),
      '/meta-all': noindex,
      '/header': noindex,
      '/other-bot': expect.any(String),
      '/behind': 'found behind',
      '/second-copy': { skipped: `It says that it is the same page as ${site.server.url}/original.` },
    })
    expect(site.server.requests.map(({ path }) => path)).not.toContain('/unseen')
    // A connector that did not list them itself, as after a restart, finds the same.
    await using fresh = await site.open()
    const file = {
      key: `${site.server.url}/hidden`,
      name: 'hidden.html',
      url: null,
      version: null,
      size: null,
      mediaType: null,
    }
    expect(await fetchOutcome(fresh, file, '/nowhere', [])).toEqual(noindex)
  })

  it('takes the documents on it and leaves out what is not read, with the reason', async () => {
    await using site = await startSite({
      '/': links('/report.pdf', '/data', '/picture.jpg', '/film', '/script.php', '/nameless', '/table.csv'),
      '/report.pdf': { headers: { 'content-type': 'application/pdf', etag: '"r1"' }, body: '%PDF-1.4' },
      '/data': { headers: { 'content-type': 'application/json' }, body: '{}' },
      '/film': { headers: { 'content-type': 'video/mp4' }, body: 'm' },
      '/script.php': links(),
      '/nameless': { headers: { 'content-type': 'application/octet-stream' }, body: 'n' },
      '/table.csv': { headers: { 'content-type': 'application/octet-stream' }, body: 'a,b' },
    })
    const synced = await site.sync()
    expect(synced.outcomes).toEqual({
      '/': expect.any(String),
      '/report.pdf': '%PDF-1.4',
      '/data': '{}',
      '/picture.jpg': { skipped: 'Pictures, sounds and programs are not read.' },
      '/film': { skipped: 'Files of the kind video/mp4 are not read.' },
      '/script.php': '',
      '/nameless': { skipped: 'Files of the kind application/octet-stream are not read.' },
      '/table.csv': 'a,b',
    })
    const fetched = synced.fetched.map(({ name, version }) => [name, version?.replace(/:.*/, '')])
    expect(fetched).toContainEqual(['report.pdf', 'etag'])
    expect(fetched).toContainEqual(['data.json', 'sha256'])
    expect(fetched).toContainEqual(['table.csv', 'sha256'])
  })
})

describe('a later crawl', () => {
  const withEtag =
    (etag: string, body: string): WebPage =>
    ({ headers }) =>
      headers['if-none-match'] === etag ? { status: 304 } : { headers: { etag }, body }

  it('asks whether pages have changed, goes on through those that have not, and misses those that are gone', async () => {
    await using site = await startSite({
      '/': withEtag('"h1"', links('/a', '/b', '/dated')),
      '/a': withEtag('"a1"', links('/deep')),
      '/deep': 'deep, without a version',
      '/b': 'b',
      '/dated': ({ headers }) => {
        const modified = 'Tue, 24 Nov 2026 10:00:00 GMT'
        return headers['if-modified-since'] === modified
          ? { status: 304 }
          : { headers: { 'last-modified': modified }, body: 'd' }
      },
    })
    const first = await site.sync()
    expect(paths(first, site)).toEqual(['/', '/a', '/b', '/dated', '/deep'])
    const again = await site.sync({}, { cursor: first.cursor, known: first.files })
    expect(again.files.map(({ key, version }) => [key, version])).toEqual(
      first.files.map(({ key, version }) => [key, version]),
    )
    expect(again).toMatchObject({ outcomes: {}, isFull: true })
    site.server.set('/b', undefined)
    site.server.set('/a', withEtag('"a2"', `${links('/deep')}news`))
    const later = await site.sync({}, { cursor: again.cursor, known: again.files })
    expect(paths(later, site)).toEqual(['/', '/a', '/dated', '/deep'])
    expect(later.outcomes).toEqual({ '/a': expect.stringContaining('news') })
  })

  it('loses nothing behind a page that fails for now', async () => {
    await using site = await startSite({ '/': links('/hub'), '/hub': links('/leaf'), '/leaf': 'leaf' })
    const first = await site.sync()
    site.server.set('/hub', { status: 500 })
    const second = await site.sync({}, { cursor: first.cursor, known: first.files })
    expect(paths(second, site)).toEqual(['/', '/hub', '/leaf'])
    expect(second.outcomes).toEqual({
      '/hub': { failed: `127.0.0.1:${site.server.port} answers 500 instead of the page.` },
    })
    expect(second.isFull).toBe(true)
    // Without a memory of what was behind it, nobody can say what is gone.
    expect(await site.sync()).toMatchObject({ isFull: false })
    const third = await site.sync({}, { cursor: second.cursor, known: second.files })
    expect(paths(third, site)).toEqual(['/', '/hub', '/leaf'])
  })

  it('reads all again with a cursor that is not its own, and never takes a missing site for an empty one', async () => {
    await using site = await startSite({ '/': 'home' })
    for (const cursor of ['', 'nonsense', Buffer.from('{}').toString('base64')]) {
      expect(paths(await site.sync({}, { cursor }), site)).toEqual(['/'])
    }
    site.server.set('/', undefined)
    await expect(site.sync()).rejects.toThrow(/There is no page at/)
  })

  it('waits when the site asks for it', async () => {
    let asked = 0
    await using site = await startSite({
      '/': links('/busy', '/full'),
      '/busy': () => (asked++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : 'at last'),
      '/full': { status: 503, headers: { 'retry-after': '3600' } },
    })
    const { outcomes } = await site.sync()
    expect(outcomes['/busy']).toBe('at last')
    expect(outcomes['/full']).toEqual({ failed: `127.0.0.1:${site.server.port} answers 503 instead of the page.` })
  })
})
