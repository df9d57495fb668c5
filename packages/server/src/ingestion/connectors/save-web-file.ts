import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { EgressResponse } from '../../egress/egress.ts'
import { ConnectorFailure, type FetchedFile, type FetchOptions, FileSkipped } from './connector.ts'
import { readWebPage } from './read-web-page.ts'
import { retryAfter } from './remote-failure.ts'
import { pageName } from './web-address.ts'
import { toUtf8 } from './web-charset.ts'
import { kindOf, type WebFileKind } from './web-file-kind.ts'

const downloadTimeoutMs = 600_000

export interface VisitOptions {
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly maxBytes?: number
  readonly timeoutMs?: number
}

/** Goes to an address and through its redirects, as far as they are followed, and hands what is there to `read`. */
export type Visit = <T>(url: URL, options: VisitOptions, read: (response: EgressResponse) => Promise<T>) => Promise<T>

interface SaveOptions extends FetchOptions {
  /** By a crawl, which leaves out what does not want to be found by one. */
  readonly isCrawled: boolean
}

/** Downloads a file unless the site says that `known` is still right; text becomes UTF-8 on the way. */
export async function saveWebFile(visit: Visit, url: URL, options: SaveOptions): Promise<FetchedFile | 'unchanged'> {
  const { known, maxBytes, signal } = options
  const visiting = { headers: conditionsOf(known), maxBytes, timeoutMs: downloadTimeoutMs, signal }
  return await visit(url, visiting, async (response) => {
    if (response.status === 304 && known !== null) return 'unchanged'
    throwUnlessFound(response)
    const final = new URL(response.url)
    const kind = kindOf(final, response.headers.get('content-type'))
    if (kind.extension === undefined) throw unreadable(kind.mediaType)
    const { size, digest } = await save(response, kind, options)
    const version = versionOf(response.headers) ?? hashVersion(digest)
    return { size, version, mediaType: kind.mediaType, name: pageName(final, kind.extension) }
  })
}

async function save(
  { body, headers }: EgressResponse,
  { mediaType, charset, isHtml }: WebFileKind,
  { path, isCrawled, signal }: SaveOptions,
): Promise<{ size: number; digest: string }> {
  const hash = createHash('sha256')
  if (isHtml && isCrawled) {
    const { bytes, isIndexed } = await readWebPage(body, { charset, robotsHeader: headers.get('x-robots-tag') })
    if (!isIndexed) throw notIndexed()
    await writeFile(path, bytes, { signal })
    return { size: bytes.length, digest: hash.update(bytes).digest('hex') }
  }
  let size = 0
  const isText = isHtml || mediaType.startsWith('text/')
  const counted = async function* () {
    for await (const chunk of isText ? storedPieces(toUtf8(body, { charset, isHtml })) : body) {
      hash.update(chunk)
      size += chunk.byteLength
      yield chunk
    }
  }
  await pipeline(counted, createWriteStream(path), { signal })
  return { size, digest: hash.digest('hex') }
}

async function* storedPieces(pieces: AsyncIterable<{ readonly stored: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { stored } of pieces) yield stored
}

export function notIndexed(): FileSkipped {
  return new FileSkipped('The page asks not to be indexed (noindex).')
}

export function unreadable(mediaType: string): FileSkipped {
  return new FileSkipped(
    mediaType === ''
      ? 'The site does not say what kind of file this is.'
      : `Files of the kind ${mediaType} are not read.`,
  )
}

/** What the site itself tells versions apart by; undefined when it does not. */
export function versionOf(headers: Headers): string | undefined {
  const etag = headers.get('etag')
  if (etag !== null) return `etag:${etag}`
  const modified = headers.get('last-modified')
  return modified === null ? undefined : `modified:${modified}`
}

export function hashVersion(digest: string): string {
  return `sha256:${digest}`
}

/** Asks for a file only if it is another than the version that is here. */
export function conditionsOf(version: string | null | undefined): Record<string, string> {
  const [, kind, value] = /^(etag|modified):(.+)$/.exec(version ?? '') ?? []
  if (kind === undefined || value === undefined) return {}
  return kind === 'etag' ? { 'if-none-match': value } : { 'if-modified-since': value }
}

/** A site is not there for this server, or not now: in words, by the status. */
export function throwUnlessFound({ status, headers, url }: EgressResponse): void {
  if (status >= 200 && status < 300) return
  const { host } = new URL(url)
  if (status === 401 || status === 403)
    throw new ConnectorFailure(`${host} does not let this server read it (${status}).`)
  if (status === 404 || status === 410) throw new ConnectorFailure(`${host} has no such page (${status}).`)
  throw new ConnectorFailure(`${host} answers ${status} instead of the page.`, {
    isPassing: status === 408 || status === 429 || status >= 500,
    ...retryAfter(headers.get('retry-after')),
  })
}
