import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { EgressResponse } from '../../egress/egress.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  FileSkipped,
  type Listed,
  type ListedFile,
  type ListingEnd,
  type ListOptions,
} from './connector.ts'
import { crawlSite, type Found, requireFirst, type Sight } from './crawl-site.ts'
import type { PoliteClient } from './polite-client.ts'
import { readWebPage } from './read-web-page.ts'
import {
  conditionsOf,
  hashVersion,
  notIndexed,
  saveWebFile,
  throwUnlessFound,
  unreadable,
  type Visit,
  versionOf,
} from './save-web-file.ts'
import { packMemory, type RememberedPage, unpackMemory } from './site-memory.ts'
import { type Site, siteOf } from './web-address.ts'
import { documentExtension, isDownload, isMediaAddress, kindOf } from './web-file-kind.ts'
import { RobotRulesCache } from './web-robots.ts'
import type { WebSettings } from './web-settings.ts'
import { readSitemaps } from './web-sitemap.ts'

const maxRedirects = 5
/** Of a page that is read for its links. */
const maxPageBytes = 10_000_000
/** Pages that were read for their links are kept until they are asked for, up to this; the others are read again. */
const maxKeptBytes = 32_000_000
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** The pages of one site and the documents on it, found by following links, as far as its robots.txt lets us. */
export class WebSite implements Connector {
  readonly #client: PoliteClient
  readonly #settings: WebSettings
  readonly #site: Site
  readonly #robots: RobotRulesCache
  readonly #found = new Map<string, NonNullable<Found['content']>>()
  #keptBytes = 0

  constructor(client: PoliteClient, settings: WebSettings) {
    this.#client = client
    this.#settings = settings
    this.#site = siteOf(settings.start)
    this.#robots = new RobotRulesCache(client)
  }

  async check(signal: AbortSignal): Promise<string> {
    const { start } = this.#settings
    const sight = await this.#look(start, undefined, signal)
    requireFirst(sight, start)
    const { sitemaps } = await this.#robots.for(start, signal)
    const title = sight.type === 'page' ? (sight.page.title ?? start.href) : start.href
    const map = sitemaps.length > 0 ? 'names a sitemap' : 'names no sitemap'
    return `“${title}” answers and may be crawled; its robots.txt ${map}.`
  }

  async *list({ cursor, signal }: ListOptions): AsyncGenerator<Listed, ListingEnd> {
    const { start, maxPages } = this.#settings
    const rules = await this.#robots.for(start, signal)
    const addresses = rules.sitemaps.length > 0 ? rules.sitemaps : ['/sitemap.xml']
    const crawl = crawlSite({
      site: this.#site,
      settings: this.#settings,
      memory: await unpackMemory(cursor),
      look: (url, remembered) => this.#look(url, remembered, signal),
      readSitemaps: () => readSitemaps(this.#client, { addresses, site: this.#site, maxUrls: maxPages * 2, signal }),
    })
    for (;;) {
      const { done, value } = await crawl.next()
      if (done === true) return { isFull: value.isFull, cursor: await packMemory(value.memory) }
      this.#keep(value)
      yield { type: 'file', file: value.file }
    }
  }

  async fetch(file: ListedFile, options: FetchOptions): Promise<FetchedFile | 'unchanged'> {
    const content = this.#take(file.key)
    if (content instanceof Error) throw content
    if (content === undefined) return await this.#download(new URL(file.key), options)
    if (content.length > options.maxBytes) throw new FileSkipped('The page is larger than the files that are taken.')
    await writeFile(options.path, content, { signal: options.signal })
    return { size: content.length, version: file.version, mediaType: file.mediaType }
  }

  /** Also after a restart, which forgets what the listing found out: so all of its checks are made here again. */
  async #download(url: URL, options: FetchOptions): Promise<FetchedFile | 'unchanged'> {
    if (isMediaAddress(url)) throw unreadable(kindOf(url, null).mediaType)
    const visit: Visit = (address, visiting, read) => this.#visit(address, visiting, read)
    return await saveWebFile(visit, url, { ...options, isCrawled: true })
  }

  #keep({ file, content }: Found): void {
    if (content === undefined) return
    const size = content instanceof Error ? 0 : content.length
    if (this.#keptBytes + size > maxKeptBytes) return
    this.#keptBytes += size
    this.#found.set(file.key, content)
  }

  #take(key: string): Found['content'] {
    const content = this.#found.get(key)
    this.#found.delete(key)
    if (content instanceof Buffer) this.#keptBytes -= content.length
    return content
  }

  async #look(url: URL, remembered: RememberedPage | undefined, signal: AbortSignal): Promise<Sight> {
    try {
      if (isMediaAddress(url)) throw new FileSkipped('Pictures, sounds and programs are not read.')
      const extension = documentExtension(url)
      if (isDownload(url) && extension !== undefined) {
        await this.#obey(url, signal)
        return { type: 'document', url, extension, version: null }
      }
      const options = { headers: conditionsOf(remembered?.version), maxBytes: maxPageBytes, signal }
      return await this.#visit(url, options, (response) => see(response, remembered))
    } catch (error) {
      if (error instanceof FileSkipped) return { type: 'left-out', reason: error }
      if (error instanceof ConnectorFailure) return { type: 'failed', reason: error }
      throw error
    }
  }

  /** Every step of the way has to be on the site, and allowed. */
  readonly #visit: Visit = async (url, options, read) => {
    let next = url
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      await this.#obey(next, options.signal)
      const answer = await this.#client.get(next.href, { ...options, maxRedirects: 0 }, async (response) => {
        const location = redirectStatuses.has(response.status) ? response.headers.get('location') : null
        return location === null ? { result: await read(response) } : { location }
      })
      if ('result' in answer) return answer.result
      next = this.#redirected(next, answer.location)
    }
    throw new ConnectorFailure(`${url.href} sends on more than ${maxRedirects} times.`)
  }

  #redirected(from: URL, location: string): URL {
    const next = this.#site.resolve(location, from)
    if (next !== undefined) return next
    const where = URL.parse(location, from.href)?.host ?? 'an address that cannot be read'
    throw new FileSkipped(`It leads to another site (${where}).`)
  }

  /** Throws `FileSkipped` for what robots.txt does not allow; learns how fast the site wants to be asked. */
  async #obey(url: URL, signal: AbortSignal): Promise<void> {
    const rules = await this.#robots.for(url, signal)
    this.#client.delayMs = Math.max(this.#client.delayMs, rules.delayMs ?? 0)
    if (!rules.isAllowed(url)) throw new FileSkipped(`robots.txt of ${url.host} does not allow it to be read.`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#found.clear()
  }
}

async function see(response: EgressResponse, remembered: RememberedPage | undefined): Promise<Sight> {
  if (response.status === 304 && remembered !== undefined) return { type: 'unchanged', remembered }
  if (response.status === 404 || response.status === 410) return { type: 'gone' }
  throwUnlessFound(response)
  const url = new URL(response.url)
  const { isHtml, charset, extension, mediaType } = kindOf(url, response.headers.get('content-type'))
  if (extension === undefined) throw unreadable(mediaType)
  const robotsHeader = response.headers.get('x-robots-tag')
  const version = versionOf(response.headers)
  if (!isHtml) {
    if (/\b(noindex|none)\b/i.test(robotsHeader ?? '')) throw notIndexed()
    return { type: 'document', url, extension, version: version ?? null }
  }
  const page = await readWebPage(response.body, { charset, robotsHeader })
  const digest = () => createHash('sha256').update(page.bytes).digest('hex')
  return { type: 'page', url, page, version: version ?? hashVersion(digest()) }
}
