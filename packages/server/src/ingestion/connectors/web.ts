import type { Egress } from '../../egress/egress.ts'
import type { Configuration } from '../source.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  type Listed,
  type ListedFile,
  type ListingEnd,
} from './connector.ts'
import { PoliteClient } from './polite-client.ts'
import { readWebPage } from './read-web-page.ts'
import { saveWebFile, throwUnlessFound, unreadable, type Visit } from './save-web-file.ts'
import { pageName } from './web-address.ts'
import { documentExtension, kindOf } from './web-file-kind.ts'
import { readWebSettings } from './web-settings.ts'
import { WebSite } from './web-site.ts'

/** A page, or the pages of a site. */
export async function openWeb(
  configuration: Configuration,
  { egress }: { readonly egress: Egress },
): Promise<Connector> {
  const settings = readWebSettings(configuration)
  const client = new PoliteClient(egress)
  return settings.crawl === 'site' ? new WebSite(client, settings) : new SinglePage(client, settings.start)
}

/**
 * One address that a person named. That is no crawl: robots.txt and `noindex`, which speak to crawlers, are not asked, and
 * redirects are followed to wherever the public internet leads.
 */
class SinglePage implements Connector {
  readonly #client: PoliteClient
  readonly #url: URL

  constructor(client: PoliteClient, url: URL) {
    this.#client = client
    this.#url = url
  }

  readonly #visit: Visit = (url, options, read) => this.#client.get(url.href, options, read)

  async check(signal: AbortSignal): Promise<string> {
    return await this.#visit(this.#url, { signal }, async (response) => {
      throwUnlessFound(response)
      const { isHtml, charset, extension, mediaType } = kindOf(
        new URL(response.url),
        response.headers.get('content-type'),
      )
      if (extension === undefined) throw new ConnectorFailure(unreadable(mediaType).message)
      if (!isHtml) return `${response.url} answers with a file of the kind ${mediaType}.`
      const { title } = await readWebPage(response.body, { charset, robotsHeader: null })
      return `“${title ?? response.url}” answers.`
    })
  }

  async *list(): AsyncGenerator<Listed, ListingEnd> {
    const url = this.#url
    const name = pageName(url, documentExtension(url) ?? '.html')
    yield { type: 'file', file: { key: url.href, name, url: url.href, version: null, size: null, mediaType: null } }
    return { isFull: true, cursor: null }
  }

  async fetch(_file: ListedFile, options: FetchOptions): Promise<FetchedFile | 'unchanged'> {
    return await saveWebFile(this.#visit, this.#url, { ...options, isCrawled: false })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held between calls.
  }
}
