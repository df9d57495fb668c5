import { ConnectorFailure, FileSkipped, type ListedFile } from './connector.ts'
import type { WebPage } from './read-web-page.ts'
import { notIndexed } from './save-web-file.ts'
import type { RememberedPage, SiteMemory } from './site-memory.ts'
import { pageKey, pageName, type Site } from './web-address.ts'
import type { WebSettings } from './web-settings.ts'

/** What is at an address, after its redirects. */
export type Sight =
  | { readonly type: 'page'; readonly url: URL; readonly version: string; readonly page: WebPage }
  | { readonly type: 'unchanged'; readonly remembered: RememberedPage }
  /** Nothing that links go out of: it is fetched when its turn comes. */
  | { readonly type: 'document'; readonly url: URL; readonly extension: string; readonly version: string | null }
  | { readonly type: 'left-out'; readonly reason: FileSkipped }
  | { readonly type: 'failed'; readonly reason: ConnectorFailure }
  | { readonly type: 'gone' }

/** A file to list, with what is known of it already: its bytes, or why it will have none. */
export interface Found {
  readonly file: ListedFile
  readonly content: Buffer | FileSkipped | ConnectorFailure | undefined
}

export interface CrawlEnd {
  readonly memory: SiteMemory
  /** A page that failed, and whose links are not remembered, may have led to others. */
  readonly isFull: boolean
}

interface CrawlOptions {
  readonly site: Site
  readonly settings: WebSettings
  /** Of the last crawl. */
  readonly memory: SiteMemory
  readonly look: (url: URL, remembered: RememberedPage | undefined) => Promise<Sight>
  /** Asked for after the first page, so that what that links to comes first. */
  readonly readSitemaps: () => Promise<readonly URL[]>
}

/** Addresses in memory at most: those that wait and those that were seen. */
const maxAddresses = 50_000

/** Walks a site breadth first, in an order that only the site decides, so that its limits cut at the same place each time. */
export async function* crawlSite(options: CrawlOptions): AsyncGenerator<Found, CrawlEnd> {
  const crawl = new Crawl(options)
  while (crawl.hasNext) yield* crawl.step()
  return crawl.end()
}

interface Waiting {
  readonly url: URL
  readonly depth: number
}

class Crawl {
  readonly #options: CrawlOptions
  readonly #waiting: Waiting[] = []
  readonly #seen = new Set<string>()
  readonly #memory = new Map<string, RememberedPage>()
  #listed = 0
  #leftOut = 0
  #isFull = true

  constructor(options: CrawlOptions) {
    this.#options = options
    this.#enqueue(options.settings.start, 0)
  }

  get hasNext(): boolean {
    return this.#waiting.length > 0 && this.#listed < this.#options.settings.maxPages
  }

  async *step(): AsyncGenerator<Found> {
    const next = this.#waiting.shift()
    if (next === undefined) return
    const { settings, memory, look, readSitemaps } = this.#options
    const isFirst = next.url === settings.start
    const remembered = memory.get(next.url.href)
    const sight = await look(next.url, remembered)
    if (isFirst) requireFirst(sight, next.url)
    const found = this.#take(next, sight, remembered)
    if (found !== undefined) yield found
    if (isFirst) for (const url of await readSitemaps()) this.#enqueue(url, 1)
  }

  end(): CrawlEnd {
    return { memory: this.#memory, isFull: this.#isFull }
  }

  #take(next: Waiting, sight: Sight, remembered: RememberedPage | undefined): Found | undefined {
    switch (sight.type) {
      case 'gone':
        return undefined
      case 'page':
        return this.#takePage(next, sight.url, sight.version, sight.page)
      case 'unchanged':
        return this.#takeUnchanged(next, sight.remembered)
      case 'document':
        return this.#takeDocument(next, sight.url, sight.extension, sight.version)
      case 'left-out':
        return this.#leaveOut(next.url, sight.reason)
      case 'failed':
        if (remembered === undefined) this.#isFull &&= this.#options.memory.size > 0 || !sight.reason.isPassing
        else this.#keep(next, remembered)
        this.#listed++
        return { file: fileOf(remembered?.key ?? next.url.href, '.html', null), content: sight.reason }
    }
  }

  #takePage(next: Waiting, final: URL, version: string, page: WebPage): Found | undefined {
    const base = page.base === undefined ? final : (this.#options.site.resolve(page.base, final) ?? final)
    const links = this.#linksOf(page.links, base)
    const canonical = page.canonical === undefined ? undefined : this.#wanted(page.canonical, base)
    const isElsewhere = canonical !== undefined && pageKey(canonical) !== pageKey(final)
    if (isElsewhere && this.#seen.has(pageKey(canonical))) {
      this.#follow(next, links)
      return this.#leaveOut(final, new FileSkipped(`It says that it is the same page as ${canonical.href}.`))
    }
    // What is asked for, and what it turned out to be, are the same page from now on.
    if (this.#isSeenElsewhere(next.url, final)) return undefined
    const key = isElsewhere ? canonical : final
    this.#seen.add(pageKey(key))
    const { isIndexed } = page
    this.#keep(next, { key: key.href, version, isIndexed, links: links.map(({ href }) => href) })
    if (!isIndexed) return this.#leaveOut(key, notIndexed())
    this.#listed++
    return { file: fileOf(key.href, '.html', version, page.bytes.length), content: page.bytes }
  }

  #takeUnchanged(next: Waiting, remembered: RememberedPage): Found | undefined {
    const key = new URL(remembered.key)
    if (this.#isSeenElsewhere(next.url, key)) return undefined
    this.#seen.add(pageKey(key))
    this.#keep(next, remembered)
    if (!remembered.isIndexed) return this.#leaveOut(key, notIndexed())
    this.#listed++
    return { file: fileOf(remembered.key, '.html', remembered.version), content: undefined }
  }

  #takeDocument(next: Waiting, final: URL, extension: string, version: string | null): Found | undefined {
    if (this.#isSeenElsewhere(next.url, final)) return undefined
    this.#seen.add(pageKey(final))
    this.#listed++
    return { file: fileOf(final.href, extension, version), content: undefined }
  }

  /** As many as pages are listed: a site's every picture is not worth a line. */
  #leaveOut(url: URL, reason: FileSkipped): Found | undefined {
    if (this.#leftOut >= this.#options.settings.maxPages) return undefined
    this.#leftOut++
    return { file: fileOf(url.href, '.html', null), content: reason }
  }

  #isSeenElsewhere(asked: URL, final: URL): boolean {
    return pageKey(asked) !== pageKey(final) && this.#seen.has(pageKey(final))
  }

  /** For the next crawl; and this one goes on from it. */
  #keep(next: Waiting, page: RememberedPage): void {
    this.#memory.set(next.url.href, page)
    this.#follow(
      next,
      page.links.map((link) => new URL(link)),
    )
  }

  #follow({ depth }: Waiting, links: readonly URL[]): void {
    if (depth < this.#options.settings.maxDepth) for (const link of links) this.#enqueue(link, depth + 1)
  }

  #enqueue(url: URL, depth: number): void {
    const key = pageKey(url)
    if (this.#seen.has(key) || this.#seen.size >= maxAddresses || (depth > 0 && !this.#isWanted(url))) return
    this.#seen.add(key)
    this.#waiting.push({ url, depth })
  }

  #linksOf(links: readonly string[], base: URL): URL[] {
    const urls = links.flatMap((link) => this.#wanted(link, base) ?? [])
    return [...new Map(urls.map((url) => [url.href, url])).values()]
  }

  #wanted(link: string, base: URL): URL | undefined {
    const url = this.#options.site.resolve(link, base)
    return url !== undefined && this.#isWanted(url) ? url : undefined
  }

  #isWanted({ pathname }: URL): boolean {
    const { includePaths, excludePaths } = this.#options.settings
    const isIncluded = includePaths.length === 0 || includePaths.some((path) => pathname.startsWith(path))
    return isIncluded && !excludePaths.some((path) => pathname.startsWith(path))
  }
}

/** Without its first page there is no site to speak of, and nothing that could be said to be gone. */
export function requireFirst(sight: Sight, { href }: URL): void {
  if (sight.type === 'failed') throw sight.reason
  if (sight.type === 'left-out') throw new ConnectorFailure(`${href}: ${sight.reason.message}`, { cause: sight.reason })
  if (sight.type === 'gone') throw new ConnectorFailure(`There is no page at ${href}.`)
}

function fileOf(key: string, extension: string, version: string | null, size: number | null = null): ListedFile {
  const mediaType = extension === '.html' ? 'text/html' : null
  return { key, name: pageName(new URL(key), extension), url: key, version, size, mediaType }
}
