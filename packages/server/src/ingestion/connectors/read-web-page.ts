import { toUtf8 } from './web-charset.ts'

/** What a crawl wants to know of a page, and the page as UTF-8. */
export interface WebPage {
  readonly bytes: Buffer
  readonly title: string | undefined
  /** As written, in the order they stand; none when the page asks not to follow any. */
  readonly links: readonly string[]
  readonly base: string | undefined
  readonly canonical: string | undefined
  readonly isIndexed: boolean
}

interface ReadOptions {
  /** As the server's header named it. */
  readonly charset: string | undefined
  /** `X-Robots-Tag`, which says what a page's own `robots` says. */
  readonly robotsHeader: string | null
}

const maxLinks = 5_000

/** Reads a page as it comes, so that a long one never holds up anything else. */
export async function readWebPage(
  body: AsyncIterable<Uint8Array>,
  { charset, robotsHeader }: ReadOptions,
): Promise<WebPage> {
  const { Parser } = await import('htmlparser2')
  const facts = new PageFacts(robotsHeader)
  const parser = new Parser(facts.handler)
  const chunks: Uint8Array[] = []
  for await (const { text, stored } of toUtf8(body, { charset, isHtml: true })) {
    parser.write(text)
    chunks.push(stored)
  }
  parser.end()
  return { bytes: Buffer.concat(chunks), ...facts.found() }
}

/** Collects while the page streams by. */
class PageFacts {
  readonly #links: string[] = []
  #title = ''
  #isInTitle = false
  #base: string | undefined
  #canonical: string | undefined
  #rules: string

  constructor(robotsHeader: string | null) {
    this.#rules = ownRules(robotsHeader ?? '')
  }

  readonly handler = {
    onopentag: (name: string, attributes: Readonly<Record<string, string>>) => {
      if (name === 'a' || name === 'area') this.#addLink(attributes)
      else if (name === 'frame' || name === 'iframe') this.#addLink({ href: attributes['src'] ?? '' })
      else if (name === 'base') this.#base ??= attributes['href']
      else if (name === 'title') this.#isInTitle = this.#title === ''
      else if (name === 'link' && hasToken(attributes['rel'], 'canonical')) this.#canonical ??= attributes['href']
      else if (name === 'meta' && /^(robots|quory)$/i.test(attributes['name'] ?? ''))
        this.#rules += ` ${attributes['content'] ?? ''}`
    },
    ontext: (text: string) => {
      if (this.#isInTitle && this.#title.length < 500) this.#title += text
    },
    onclosetag: (name: string) => {
      if (name === 'title') this.#isInTitle = false
    },
  }

  #addLink({ href, rel }: Readonly<Record<string, string>>): void {
    if (href === undefined || href === '' || href.startsWith('#') || hasToken(rel, 'nofollow')) return
    if (this.#links.length < maxLinks) this.#links.push(href)
  }

  found(): Omit<WebPage, 'bytes'> {
    const title = this.#title.replace(/\s+/g, ' ').trim()
    return {
      title: title === '' ? undefined : title,
      links: /\b(nofollow|none)\b/i.test(this.#rules) ? [] : this.#links,
      base: this.#base,
      canonical: this.#canonical,
      isIndexed: !/\b(noindex|none)\b/i.test(this.#rules),
    }
  }
}

function hasToken(list: string | undefined, token: string): boolean {
  return list?.toLowerCase().split(/\s+/).includes(token) === true
}

/** Of `googlebot: noindex, nofollow`, which is for another, nothing; of `noindex` or `quory: noindex`, that. */
function ownRules(header: string): string {
  let isOurs = true
  const rules = header.split(',').map((part) => {
    const [, agent, rule = part] = /^\s*([\w-]+)\s*:\s*(.*)$/.exec(part) ?? []
    const isAgent = agent !== undefined && !/^(unavailable_after|max-[a-z-]+)$/i.test(agent)
    if (isAgent) isOurs = agent.toLowerCase() === 'quory'
    return isOurs ? rule : ''
  })
  return rules.join(' ')
}
