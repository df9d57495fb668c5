import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ConnectorFailure, FileSkipped } from './connector.ts'
import type { PoliteClient } from './polite-client.ts'
import type { Site } from './web-address.ts'

const maxSitemaps = 50
const maxSitemapBytes = 50_000_000

interface SitemapOptions {
  readonly addresses: readonly string[]
  readonly site: Site
  readonly maxUrls: number
  readonly signal: AbortSignal
}

/** The pages that a site's sitemaps name, as far as they are on the site. A sitemap that cannot be read is as good as none. */
export async function readSitemaps(
  client: PoliteClient,
  { addresses, site, maxUrls, signal }: SitemapOptions,
): Promise<URL[]> {
  const waiting = addresses.flatMap((address) => site.resolve(address, site.start) ?? [])
  const seen = new Set(waiting.map(({ href }) => href))
  const pages: URL[] = []
  for (let read = 0; read < maxSitemaps && pages.length < maxUrls; read++) {
    const next = waiting.shift()
    if (next === undefined) break
    for (const { location, isSitemap } of await readSitemap(client, next, maxUrls, signal)) {
      const url = site.resolve(location, next)
      if (url === undefined) continue
      if (!isSitemap) pages.push(url)
      else if (!seen.has(url.href)) {
        seen.add(url.href)
        waiting.push(url)
      }
    }
  }
  return pages.slice(0, maxUrls)
}

interface Location {
  readonly location: string
  readonly isSitemap: boolean
}

async function readSitemap(
  client: PoliteClient,
  url: URL,
  maxLocations: number,
  signal: AbortSignal,
): Promise<readonly Location[]> {
  try {
    return await client.get(url.href, { signal, maxBytes: maxSitemapBytes }, async ({ status, headers, body }) => {
      if (status !== 200) return []
      const isPacked = url.pathname.endsWith('.gz') || /gzip/.test(headers.get('content-type') ?? '')
      return await readLocations(isPacked ? unpack(body) : body, maxLocations)
    })
  } catch (error) {
    if (error instanceof ConnectorFailure || error instanceof FileSkipped || isUnpackingError(error)) return []
    throw error
  }
}

/** Some servers unpack it on the way, as if it were compressed for the way alone. */
async function* unpack(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done === true) return
  const whole = async function* () {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* whole()
  let size = 0
  for await (const chunk of pipeline(whole, createGunzip(), () => undefined)) {
    size += chunk.byteLength
    if (size > maxSitemapBytes) return
    yield chunk
  }
}

function isUnpackingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}

/** Every `<loc>` of the XML, or every line of a sitemap that is plain text. */
async function readLocations(body: AsyncIterable<Uint8Array>, maxLocations: number): Promise<readonly Location[]> {
  const { Parser } = await import('htmlparser2')
  const locations: Location[] = []
  const path: string[] = []
  let current = ''
  const parser = new Parser(
    {
      onopentag: (name) => {
        path.push(name)
        current = ''
      },
      ontext: (text) => {
        if (path.at(-1) === 'loc' && current.length < 4_000) current += text
      },
      onclosetag: (name) => {
        // `image:loc` and its like have another name, and only the entry's own counts.
        const isOwn = name === 'loc' && /^(url|sitemap)$/.test(path.at(-2) ?? '') && current.trim() !== ''
        if (isOwn) locations.push({ location: current.trim(), isSitemap: path.at(-2) === 'sitemap' })
        path.pop()
      },
    },
    { xmlMode: true },
  )
  const decoder = new TextDecoder()
  let start = ''
  for await (const chunk of body) {
    const text = decoder.decode(chunk, { stream: true })
    if (start.length < 100_000) start += text
    parser.write(text)
    if (locations.length >= maxLocations) break
  }
  parser.end()
  if (locations.length > 0 || start.trimStart().startsWith('<')) return locations
  const lines = start.split(/\r?\n/).filter((line) => /^https?:\/\//.test(line.trim()))
  return lines.map((line) => ({ location: line.trim(), isSitemap: false }))
}
