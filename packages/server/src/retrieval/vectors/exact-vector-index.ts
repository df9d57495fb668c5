import type { Database } from '../../database/database.ts'
import type { DocumentId, EmbeddingSetId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { EmbeddingSet } from './embedding-set-store.ts'
import { listBlocks, readBlocks } from './embedding-store.ts'
import type { VectorQuery } from './vector-query.ts'
import type { VectorThread } from './vector-thread.ts'

/** Vectors kept in memory, of all projects together; beyond it the set that was searched longest ago goes. */
const maxKeptBytes = 256_000_000

interface KeptSet {
  version: number
  /** Hashes of the texts by block: what a block holds is known by them. */
  readonly blocks: Map<string, { readonly hashes: string; readonly bytes: number }>
  bytes: number
  /** Ends when the last change that was asked for is made. */
  ready: Promise<void>
}

/**
 * Compares every vector of a set with the query, in a thread that keeps those of the projects searched last. What came or
 * went since is found by the set's version; only that is read again.
 */
export class ExactVectorIndex {
  readonly #db: Database
  readonly #thread: VectorThread
  /** The one used last stands last. */
  readonly #kept = new Map<EmbeddingSetId, KeptSet>()

  constructor(db: Database, thread: VectorThread) {
    this.#db = db
    this.#thread = thread
  }

  async search(set: EmbeddingSet, query: VectorQuery): Promise<readonly ScoredPlace[]> {
    await this.#prepare(set)
    const found = await this.#thread.run('search', { set: set.id, ...query })
    // The thread knows ids as text; they are those of the blocks.
    return found.map(({ documentId, ...place }) => ({ ...place, documentId: documentId as DocumentId }))
  }

  async #prepare(set: EmbeddingSet): Promise<void> {
    const kept = this.#kept.get(set.id) ?? { version: -1, blocks: new Map(), bytes: 0, ready: Promise.resolve() }
    this.#kept.delete(set.id)
    this.#kept.set(set.id, kept)
    if (kept.version !== set.version) {
      kept.version = set.version
      // After the change before it, which may be under way; what that one failed at is done again.
      kept.ready = kept.ready.catch(() => undefined).then(() => this.#update(set, kept))
      kept.ready.catch(() => {
        kept.version = -1
      })
    }
    await kept.ready
  }

  async #update(set: EmbeddingSet, kept: KeptSet): Promise<void> {
    const gone = new Set(kept.blocks.keys())
    const changed = new Set<DocumentId>()
    for await (const blocks of listBlocks(this.#db.query, set)) {
      for (const block of blocks) {
        const key = keyOf(block)
        gone.delete(key)
        if (kept.blocks.get(key)?.hashes !== asText(block.hashes)) changed.add(block.documentId)
      }
    }
    await this.#thread.run('remove', { set: set.id, keys: [...gone] })
    for (const key of gone) this.#forget(kept, key)
    for await (const blocks of readBlocks(this.#db.query, set, [...changed])) {
      const put = blocks.map((block) => ({ ...block, key: keyOf(block) }))
      await this.#thread.run('put', { set: set.id, dimensions: set.dimensions ?? 0, blocks: put.map(forShelf) })
      for (const { key, hashes, vectors } of put) {
        this.#forget(kept, key)
        kept.blocks.set(key, { hashes: asText(hashes), bytes: vectors.byteLength })
        kept.bytes += vectors.byteLength
      }
    }
    await this.#makeRoom(set.id)
  }

  #forget(kept: KeptSet, key: string): void {
    kept.bytes -= kept.blocks.get(key)?.bytes ?? 0
    kept.blocks.delete(key)
  }

  async #makeRoom(needed: EmbeddingSetId): Promise<void> {
    let bytes = this.#kept.values().reduce((sum, kept) => sum + kept.bytes, 0)
    for (const [id, kept] of this.#kept) {
      if (bytes <= maxKeptBytes) return
      if (id === needed) continue
      bytes -= kept.bytes
      this.#kept.delete(id)
      await this.#thread.run('remove', { set: id, keys: undefined })
    }
  }
}

function keyOf({ documentId, first }: { readonly documentId: DocumentId; readonly first: number }): string {
  return `${documentId}/${first}`
}

function asText(hashes: Uint8Array): string {
  return Buffer.from(hashes).toString('latin1')
}

function forShelf(block: { key: string; documentId: DocumentId; first: number; vectors: Uint8Array }) {
  // A copy of its own: a driver's buffer may be a window on much more, all of which would be passed.
  return { key: block.key, documentId: block.documentId, first: block.first, vectors: new Uint8Array(block.vectors) }
}
