import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { Logger } from '../../logger.ts'
import { refreshLists } from './build-lists.ts'
import { type EmbeddingSet, listEmbeddingSets, updateEmbeddingSet } from './embedding-set-store.ts'
import { ExactVectorIndex } from './exact-vector-index.ts'
import { removeOtherGenerations } from './list-store.ts'
import { ListVectorIndex } from './list-vector-index.ts'
import { PgvectorIndex } from './pgvector-index.ts'
import { exactLimit, type VectorIndex } from './vector-query.ts'
import { VectorThread } from './vector-thread.ts'

interface IndexOptions {
  readonly db: Database
  readonly logger: Logger
  /** Vectors of a project up to which every one is compared. */
  readonly exactUpTo?: number
}

/** One thread and one index of each kind for the whole process; nothing is started before the first search. */
export function openVectorIndex(options: IndexOptions): VectorIndex {
  return new ChosenIndex(options)
}

/** By a project's size, and by what the database has. */
class ChosenIndex implements VectorIndex {
  readonly #db: Database
  readonly #logger: Logger
  readonly #exactUpTo: number
  readonly #thread = new VectorThread()
  readonly #exact: ExactVectorIndex
  readonly #lists: ListVectorIndex
  readonly #pgvector: PgvectorIndex
  #hasSaidSo = false

  constructor({ db, logger, exactUpTo = exactLimit }: IndexOptions) {
    this.#db = db
    this.#logger = logger
    this.#exactUpTo = exactUpTo
    this.#exact = new ExactVectorIndex(db, this.#thread)
    this.#lists = new ListVectorIndex(db, this.#thread, exactUpTo)
    this.#pgvector = new PgvectorIndex(db, exactUpTo)
  }

  async search(...[set, query]: Parameters<VectorIndex['search']>): ReturnType<VectorIndex['search']> {
    if (set.indexKind === 'lists') return await this.#lists.search(set, query)
    // Whoever removes the extension loses speed, not answers.
    const isIndexed = set.indexKind === 'pgvector' && (await this.#pgvector.canHold(set))
    return await (isIndexed ? this.#pgvector : this.#exact).search(set, query)
  }

  async refresh(changed: EmbeddingSet, requireHeld: (tx: Tx) => Promise<void>, signal: AbortSignal): Promise<void> {
    const set = (await listEmbeddingSets(this.#db.query, changed.projectId)).find(({ id }) => id === changed.id)
    if (set === undefined) return
    if (set.vectorCount <= this.#exactUpTo) return await this.#dropIndex(set, requireHeld, signal)
    if (await this.#pgvector.canHold(set)) return await this.#pgvector.refresh(set, requireHeld, signal)
    this.#sayOnce()
    await using building = new VectorThread()
    await refreshLists({ db: this.#db, thread: building, requireHeld, signal }, set)
  }

  #sayOnce(): void {
    if (this.#hasSaidSo || this.#db.engine !== 'postgres') return
    this.#hasSaidSo = true
    this.#logger.warn('pgvector 0.8 or later is not installed: vectors of large projects are indexed in plain tables')
  }

  async #dropIndex(set: EmbeddingSet, requireHeld: (tx: Tx) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (set.indexKind === 'exact') return
    await inTransaction(this.#db, async (tx) => {
      await requireHeld(tx)
      await updateEmbeddingSet(tx, set, { index_kind: 'exact', index_built: 0, index_size: 0 })
    })
    await removeOtherGenerations(this.#db.query, { ...set, generation: 0 }, signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]()
  }
}
