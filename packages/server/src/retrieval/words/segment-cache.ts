import type { Database } from '../../database/database.ts'

const maxBytes = 64 * 1024 * 1024
/** Of an entry beside its value: key, map, object. */
const bytesPerEntry = 200

/**
 * What was read of segments, the least recently used dropped first. Segments never change and their ids never come
 * again, so nothing in here can be wrong; what was deleted stands in their rows, which are read for every search.
 */
export class SegmentCache {
  readonly #entries = new Map<string, NodeJS.ArrayBufferView>()
  #bytes = 0

  get<T extends NodeJS.ArrayBufferView>(key: string): T | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    // Whoever reads a key wrote it: lists and lengths have keys of different shape.
    return value as T
  }

  set(key: string, value: NodeJS.ArrayBufferView): void {
    if (value.byteLength > maxBytes / 4) return
    this.#drop(key)
    this.#entries.set(key, value)
    this.#bytes += value.byteLength + bytesPerEntry
    while (this.#bytes > maxBytes) {
      const oldest = this.#entries.keys().next().value
      if (oldest === undefined) return
      this.#drop(oldest)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  #drop(key: string): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#bytes -= value.byteLength + bytesPerEntry
  }
}

const caches = new WeakMap<object, SegmentCache>()

/** The cache of a database that is open, which goes with it. */
export function segmentCacheOf({ query }: Pick<Database, 'query'>): SegmentCache {
  const known = caches.get(query)
  if (known !== undefined) return known
  const cache = new SegmentCache()
  caches.set(query, cache)
  return cache
}
