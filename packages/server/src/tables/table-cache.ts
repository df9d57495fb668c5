import { copyFile, link, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { TableDataId } from './data-table.ts'

/** Where the bytes of a table come from: the data folder, or the database. */
interface Origin {
  /** A file with these bytes for as long as it is not disposed; `undefined` when they are gone. */
  materialize(): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> } | undefined>
}

interface Entry {
  readonly ready: Promise<number | undefined>
  bytes: number
  users: number
}

export interface HeldFile {
  /** Within the cache's folder. */
  readonly file: string
  [Symbol.dispose](): void
}

/** Another process's cache that was not touched for this long is a dead one's. */
const staleMs = 24 * 3_600_000

/**
 * This node's copies of Parquet files, in a folder of its own: a version of a table never changes, so a copy is good
 * until it is thrown out. Those that were not used for longest go first, once all together are over the limit; what a
 * query is reading stays. Beside SQLite a copy is a second name of the same file, which costs no room.
 */
export class TableCache {
  readonly folder: string
  readonly #parent: string
  readonly #maxBytes: number
  /** In the order of their last use. */
  readonly #entries = new Map<TableDataId, Entry>()

  constructor({ parent, name, maxBytes }: { parent: string; name: string; maxBytes: number }) {
    this.#parent = parent
    this.folder = join(parent, name)
    this.#maxBytes = maxBytes
  }

  /** Makes the folder, and removes those that dead processes left. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const oldest = Date.now() - staleMs
    for (const name of await readdir(this.#parent)) {
      const path = join(this.#parent, name)
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
      if (path !== this.folder && mtimeMs < oldest) await rm(path, { recursive: true, force: true })
    }
  }

  /** `undefined` when the table's bytes are gone. */
  async hold(id: TableDataId, origin: Origin): Promise<HeldFile | undefined> {
    const known = this.#entries.get(id)
    const entry: Entry = known ?? { ready: this.#fetch(id, origin), bytes: 0, users: 0 }
    this.#entries.delete(id)
    this.#entries.set(id, entry)
    entry.users += 1
    try {
      const bytes = await entry.ready
      if (bytes === undefined || !(await this.#isThere(id))) {
        this.#forget(id, entry)
        // Somebody cleaned up behind our back: fetched once more.
        return known === undefined ? undefined : await this.hold(id, origin)
      }
      entry.bytes = bytes
    } catch (error) {
      this.#forget(id, entry)
      throw error
    }
    await this.#evict()
    return {
      file: id,
      [Symbol.dispose]: () => {
        entry.users -= 1
      },
    }
  }

  #forget(id: TableDataId, entry: Entry): void {
    entry.users -= 1
    if (this.#entries.get(id) === entry) this.#entries.delete(id)
  }

  async #isThere(id: TableDataId): Promise<boolean> {
    return await stat(join(this.folder, id)).then(
      () => true,
      () => false,
    )
  }

  async #fetch(id: TableDataId, origin: Origin): Promise<number | undefined> {
    await using original = await origin.materialize()
    if (original === undefined) return undefined
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const path = join(this.folder, id)
    await rm(path, { force: true })
    await link(original.path, path).catch(() => copyFile(original.path, path))
    const now = new Date()
    await utimes(this.folder, now, now)
    return (await stat(path)).size
  }

  async #evict(): Promise<void> {
    let total = 0
    for (const { bytes } of this.#entries.values()) total += bytes
    for (const [id, { bytes, users }] of this.#entries) {
      if (total <= this.#maxBytes) return
      if (users > 0) continue
      this.#entries.delete(id)
      total -= bytes
      await rm(join(this.folder, id), { force: true })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
