import type { Database } from '../../database/database.ts'
import type { DocumentId, EmbeddingSetId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { PassageNumbers } from '../passage-filter.ts'
import type { EmbeddingSet } from './embedding-set-store.ts'
import { readBlocks } from './embedding-store.ts'
import { haveAtMost, readPassageVectors, type VectorRun } from './filtered-embedding-store.ts'
import { readCentroids, readLists } from './list-store.ts'
import { Nearest } from './nearest.ts'
import { openVectors, type PackedVectors, similarity } from './packed-vectors.ts'
import type { VectorQuery } from './vector-query.ts'
import type { FoundVector } from './vector-shelf.ts'
import type { VectorThread } from './vector-thread.ts'

/** The share of the lists that a search reads, and the fewest. */
const probedShare = 0.1
const fewestProbed = 12
/** Passages that are looked up one by one when their documents hold too many others to be read whole. */
const lookedUpPassages = 5_000
const keptIndexes = 16

interface KeptCentroids {
  readonly generation: number
  readonly packs: readonly PackedVectors[]
}

/**
 * An index in ordinary tables, the same on every engine: each vector stands in the list of its nearest centre, and a
 * search reads the lists whose centres are nearest to the query.
 */
export class ListVectorIndex {
  readonly #db: Database
  readonly #thread: VectorThread
  readonly #comparedAlways: number
  /** The one used last stands last. */
  readonly #kept = new Map<EmbeddingSetId, KeptCentroids>()

  /** A filter that leaves no more than `comparedAlways` vectors has each of them compared. */
  constructor(db: Database, thread: VectorThread, comparedAlways: number) {
    this.#db = db
    this.#thread = thread
    this.#comparedAlways = comparedAlways
  }

  async search(set: EmbeddingSet, query: VectorQuery): Promise<readonly ScoredPlace[]> {
    const found = (await this.#compareFiltered(set, query)) ?? (await this.#probe(set, query))
    // A document read anew a moment ago may be there twice.
    const places = new Map<string, ScoredPlace>()
    for (const { documentId, number, score } of found) {
      const key = `${documentId}/${number}`
      if (!places.has(key)) places.set(key, { documentId: documentId as DocumentId, number, score })
    }
    return [...places.values()]
  }

  /**
   * What a narrow filter leaves lies in any list: it is compared whole when that reads no more vectors than a search
   * without a filter reads. Undefined for a wide one, whose best are among the nearest of all.
   */
  async #compareFiltered(set: EmbeddingSet, query: VectorQuery): Promise<readonly FoundVector[] | undefined> {
    const { documents, passages } = query
    const named = passages === undefined ? documents : new Set(passages.keys())
    if (named === undefined) return undefined
    const most = Math.max(this.#comparedAlways, set.vectorCount * probedShare)
    if (await haveAtMost(this.#db.query, set, named, most))
      return await this.#compare(query, readBlocks(this.#db.query, set, [...named]), set)
    if (passages === undefined || countNumbers(passages) > lookedUpPassages) return undefined
    return await this.#compare(query, readPassageVectors(this.#db.query, set, passages), set)
  }

  async #compare(
    { vector, limit, passages }: VectorQuery,
    read: AsyncIterable<readonly VectorRun[]>,
    { dimensions }: EmbeddingSet,
  ): Promise<readonly FoundVector[]> {
    const nearest = new Nearest<FoundVector>(limit)
    for await (const runs of read) {
      const blocks = runs.map(({ documentId, first, vectors }) => ({ documentId, first, vectors: copyOf(vectors) }))
      const numbers = runs.map(({ documentId }) => [documentId, passages?.get(documentId) ?? []] as const)
      const query = { vector, limit, documents: undefined, passages: passages && new Map(numbers) }
      const found = await this.#thread.run('scanOnce', { blocks, dimensions: dimensions ?? 0, ...query })
      for (const place of found) nearest.add(place, place.score)
    }
    return nearest.take().map(({ item }) => item)
  }

  async #probe(set: EmbeddingSet, query: VectorQuery): Promise<readonly FoundVector[]> {
    const generation = set.indexGeneration
    const packs = await this.#readCentroids(set)
    const lists = packs.reduce((sum, { count }) => sum + count, 0)
    const nearest = new Nearest<number>(Math.max(fewestProbed, Math.ceil(lists * probedShare)))
    let first = 0
    for (const pack of packs) {
      for (let row = 0; row < pack.count; row++) nearest.add(first + row, similarity(pack, row, query.vector))
      first += pack.count
    }
    const probed = nearest.take().map(({ item }) => item)
    const rows = await readLists(this.#db.query, { ...set, generation }, probed)
    return await this.#thread.run('scanScattered', {
      rows: rows.map(({ places, vectors }) => ({ places, vectors: copyOf(vectors) })),
      dimensions: set.dimensions ?? 0,
      ...query,
    })
  }

  async #readCentroids(set: EmbeddingSet): Promise<readonly PackedVectors[]> {
    const known = this.#kept.get(set.id)
    this.#kept.delete(set.id)
    const generation = set.indexGeneration
    const kept = known?.generation === generation ? known : { generation, packs: await this.#openCentroids(set) }
    this.#kept.set(set.id, kept)
    const oldest = this.#kept.size > keptIndexes ? this.#kept.keys().next().value : undefined
    if (oldest !== undefined) this.#kept.delete(oldest)
    return kept.packs
  }

  async #openCentroids(set: EmbeddingSet): Promise<readonly PackedVectors[]> {
    const rows = await readCentroids(this.#db.query, { ...set, generation: set.indexGeneration })
    return rows.map((vectors) => openVectors(vectors, set.dimensions ?? 0))
  }
}

function countNumbers(passages: PassageNumbers): number {
  return passages.values().reduce((sum, numbers) => sum + numbers.length, 0)
}

/** Of its own: a driver's buffer may be a window on much more, all of which would be passed. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
