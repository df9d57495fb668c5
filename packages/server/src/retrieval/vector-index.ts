import { type Database, inTransaction } from '../database/database.ts'
import { refreshLists } from './build-lists.ts'
import { type EmbeddingSet, listEmbeddingSets, updateEmbeddingSet } from './embedding-set-store.ts'
import { ExactVectorIndex } from './exact-vector-index.ts'
import { removeOtherGenerations } from './list-store.ts'
import { ListVectorIndex } from './list-vector-index.ts'
import { exactLimit, type VectorIndex } from './vector-query.ts'
import { VectorThread } from './vector-thread.ts'

interface IndexOptions {
  /** Vectors of a project up to which every one is compared. */
  readonly exactUpTo?: number
}

/** One thread and one index of each kind for the whole process; nothing is started before the first search. */
export function openVectorIndex(db: Database, { exactUpTo = exactLimit }: IndexOptions = {}): VectorIndex {
  const thread = new VectorThread()
  const exact = new ExactVectorIndex(db, thread)
  const lists = new ListVectorIndex(db, thread)
  return {
    search: (set, query) => (set.indexKind === 'lists' ? lists : exact).search(set, query),
    refresh: async (changed, requireHeld, signal) => {
      const set = await readAgain(db, changed)
      if (set === undefined || (set.vectorCount <= exactUpTo && set.indexKind === 'exact')) return
      if (set.vectorCount > exactUpTo) {
        await using building = new VectorThread()
        await refreshLists({ db, thread: building, requireHeld, signal }, set)
        return
      }
      await inTransaction(db, async (tx) => {
        await requireHeld(tx)
        await updateEmbeddingSet(tx, set, { index_kind: 'exact', index_built: 0, index_size: 0 })
      })
      await removeOtherGenerations(db.query, { ...set, generation: 0 }, signal)
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  }
}

async function readAgain(db: Database, { projectId, id }: EmbeddingSet): Promise<EmbeddingSet | undefined> {
  return (await listEmbeddingSets(db.query, projectId)).find((set) => set.id === id)
}
