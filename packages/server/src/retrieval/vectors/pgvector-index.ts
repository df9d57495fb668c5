import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import { type EmbeddingSet, updateEmbeddingSet } from './embedding-set-store.ts'
import { type EmbeddingBlock, listBlocks, readBlocks } from './embedding-store.ts'
import { haveAtMost } from './filtered-embedding-store.ts'
import { markListed } from './list-store.ts'
import { openVectors, unpackVector } from './packed-vectors.ts'
import {
  compareDocuments,
  comparePassages,
  createPointIndex,
  createPointTable,
  dropUnusedPointIndexes,
  isPgvectorUsable,
  maxIndexedDimensions,
  type Point,
  searchPoints,
  storePoints,
} from './pgvector-store.ts'
import type { VectorQuery } from './vector-query.ts'

const askAgainAfterMs = 60_000

/** PostgreSQL's own index for vectors, where the extension is installed. */
export class PgvectorIndex {
  readonly #db: Database
  readonly #comparedAlways: number
  #usable: { readonly until: number; readonly answer: Promise<boolean> } | undefined

  /** A filter that leaves no more than `comparedAlways` vectors has each of them compared. */
  constructor(db: Database, comparedAlways: number) {
    this.#db = db
    this.#comparedAlways = comparedAlways
  }

  /** The extension may be installed, or removed, while the server runs. */
  canHold({ dimensions }: Pick<EmbeddingSet, 'dimensions'>): Promise<boolean> {
    if (this.#db.engine !== 'postgres' || (dimensions ?? 0) > maxIndexedDimensions) return Promise.resolve(false)
    if (this.#usable === undefined || this.#usable.until < performance.now()) {
      this.#usable = { until: performance.now() + askAgainAfterMs, answer: isPgvectorUsable(this.#db.query) }
    }
    return this.#usable.answer
  }

  async search(set: EmbeddingSet, query: VectorQuery): Promise<readonly ScoredPlace[]> {
    const { documents, passages } = query
    if (passages !== undefined) return await comparePassages(this.#db.query, set, query, passages)
    if (documents !== undefined && (await haveAtMost(this.#db.query, set, documents, this.#comparedAlways)))
      return await compareDocuments(this.#db.query, set, query, documents)
    return await searchPoints(this.#db, set, query)
  }

  /** Vectors that it lacks are added; those of documents that went have gone with them. */
  async refresh(set: EmbeddingSet, requireHeld: (tx: Tx) => Promise<void>, signal: AbortSignal): Promise<void> {
    const isNew = set.indexKind !== 'pgvector'
    const generation = isNew ? set.indexGeneration + 1 : set.indexGeneration
    if (isNew) await createPointTable(this.#db)
    const missing = new Set<string>()
    for await (const blocks of listBlocks(this.#db.query, set)) {
      for (const block of blocks) if (block.generation !== generation) missing.add(keyOf(block))
    }
    const documents = new Set([...missing].map((key) => key.slice(0, key.indexOf('/'))))
    for await (const blocks of readBlocks(this.#db.query, set, [...documents] as EmbeddingBlock['documentId'][])) {
      for (const block of blocks) {
        if (!missing.has(keyOf(block))) continue
        signal.throwIfAborted()
        await inTransaction(this.#db, async (tx) => {
          await requireHeld(tx)
          await storePoints(tx, set, toPoints(block, set.dimensions ?? 0))
          await markListed(tx, { ...set, generation }, [block])
        })
      }
    }
    await createPointIndex(this.#db.query, set)
    await inTransaction(this.#db, async (tx) => {
      await requireHeld(tx)
      const counts = { index_built: set.vectorCount, index_size: set.vectorCount }
      await updateEmbeddingSet(tx, set, { index_kind: 'pgvector', index_generation: generation, ...counts })
    })
    if (isNew) await dropUnusedPointIndexes(this.#db.query)
  }
}

function keyOf({ documentId, blocksAfter }: Pick<EmbeddingBlock, 'documentId' | 'blocksAfter'>): string {
  return `${documentId}/${blocksAfter}`
}

function toPoints({ documentId, first, vectors }: EmbeddingBlock, dimensions: number): Point[] {
  const pack = openVectors(vectors, dimensions)
  const rows = Array.from({ length: pack.count }, (_, row) => row)
  // A vector of nothing but zeros has no direction, and is near to nothing.
  return rows
    .filter((row) => pack.scales[row] !== 0)
    .map((row) => ({ documentId, number: first + row, vector: unpackVector(pack, row) }))
}
