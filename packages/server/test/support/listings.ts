import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '../../src/ids.ts'
import type { Connector, FetchedFile, ListedFile, ListingEnd } from '../../src/ingestion/connectors/connector.ts'

export interface Listing extends ListingEnd {
  readonly files: readonly ListedFile[]
  readonly keys: readonly string[]
  readonly removed: readonly string[]
}

const never = new AbortController().signal

export async function readListing(
  connector: Connector,
  { cursor = null, signal = never }: { cursor?: string | null; signal?: AbortSignal } = {},
): Promise<Listing> {
  const files: ListedFile[] = []
  const removed: string[] = []
  const listing = connector.list({ cursor, signal })
  for (;;) {
    const { done, value } = await listing.next()
    if (done === true) return { files, keys: files.map(({ key }) => key).toSorted(), removed, ...value }
    if (value.type === 'file') files.push(value.file)
    else removed.push(value.key)
  }
}

export interface Fetched {
  readonly text: string
  readonly fetched: FetchedFile | 'unchanged'
}

/** Fetches one file of a listing, by the end of its key. */
export async function fetchListed(
  connector: Connector,
  { files }: Pick<Listing, 'files'>,
  key: string,
  {
    maxBytes = 1_000_000,
    known = null,
    signal = never,
  }: { maxBytes?: number; known?: string | null; signal?: AbortSignal } = {},
): Promise<Fetched> {
  const file = files.find((each) => each.key.endsWith(key) || each.name === key)
  if (file === undefined) throw new Error(`Not listed: ${key}`)
  const path = join(tmpdir(), `quory-fetched-${newId()}`)
  try {
    const fetched = await connector.fetch(file, { path, maxBytes, known, signal })
    return { fetched, text: fetched === 'unchanged' ? '' : await readFile(path, 'utf8') }
  } finally {
    await rm(path, { force: true })
  }
}
