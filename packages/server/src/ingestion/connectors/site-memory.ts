import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { z } from 'zod'

const pack = promisify(deflateRaw)
const unpack = promisify(inflateRaw)

/** A page as it was at the last crawl: enough to go on from it when the site says that it has not changed. */
export interface RememberedPage {
  /** Of the page that was listed, which a redirect or canonical link may have made another than the one asked for. */
  readonly key: string
  readonly version: string
  readonly isIndexed: boolean
  /** Addresses on the site, as they are asked for. */
  readonly links: readonly string[]
}

/** By the address that was asked for. */
export type SiteMemory = ReadonlyMap<string, RememberedPage>

/** A source row holds it; a site with more to remember is read whole each time. */
const maxPackedBytes = 1_000_000
const maxUnpackedBytes = 50_000_000

/** Addresses stand once, in `urls`, and are named by their place. */
const stored = z.object({
  urls: z.array(z.string()),
  pages: z.array(z.tuple([z.number(), z.number(), z.string(), z.boolean(), z.array(z.number())])),
})

export async function packMemory(memory: SiteMemory): Promise<string | null> {
  const places = new Map<string, number>()
  const place = (url: string) => {
    const known = places.get(url)
    if (known !== undefined) return known
    places.set(url, places.size)
    return places.size - 1
  }
  const pages = [...memory].map(([url, { key, version, isIndexed, links }]) => [
    place(url),
    place(key),
    version,
    isIndexed,
    links.map(place),
  ])
  const packed = await pack(JSON.stringify({ urls: [...places.keys()], pages }))
  return packed.length > maxPackedBytes ? null : packed.toString('base64')
}

/** Empty for a cursor that is none of ours, or from another version of this program: the crawl then reads all. */
export async function unpackMemory(cursor: string | null): Promise<SiteMemory> {
  if (cursor === null) return new Map()
  const text = await unpack(Buffer.from(cursor, 'base64'), { maxOutputLength: maxUnpackedBytes }).catch(() => undefined)
  const parsed = text === undefined ? undefined : stored.safeParse(parseJson(text.toString()))
  if (parsed?.success !== true) return new Map()
  const { urls, pages } = parsed.data
  const at = (place: number) => urls[place] ?? ''
  return new Map(
    pages.map(([url, key, version, isIndexed, links]) => [
      at(url),
      { key: at(key), version, isIndexed, links: links.map(at) },
    ]),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not written by us: as good as none.
    return undefined
  }
}
