import type { Database } from '../../database/database.ts'
import type { FileId } from '../../ids.ts'
import { isKept, listEmbeddingSets } from '../../retrieval/vectors/embedding-set-store.ts'
import type { SourceRef } from '../source.ts'
import { countEmbeddedPage } from './embedded-file-store.ts'
import type { SourceSync } from './source-sync.ts'

interface EmbeddedAmount {
  readonly files: number
  readonly bytes: number
}

const remembered = 200

/**
 * How many files of a source can be found by their vectors. Counted when somebody asks, since vectors are made after a
 * sync has ended as well; what was counted stands until the sync or the vectors of the project move.
 */
export class EmbeddedFiles {
  readonly #db: Database
  readonly #model: string | undefined
  readonly #counts = new Map<string, { readonly state: string; readonly amount: Promise<EmbeddedAmount> }>()

  /** `model` is absent when none is configured. */
  constructor(db: Database, model: string | undefined) {
    this.#db = db
    this.#model = model
  }

  /** Null without an embedding model. */
  async count(ref: SourceRef, sync: SourceSync): Promise<EmbeddedAmount | null> {
    const model = this.#model
    if (model === undefined) return null
    const sets = await listEmbeddingSets(this.#db.query, ref.projectId)
    const set = sets.find((each) => each.model === model && isKept(each))
    if (set === undefined) return { files: 0, bytes: 0 }
    const state = `${set.id} ${set.version} ${sync.updated_at}`
    const known = this.#counts.get(ref.sourceId)
    if (known?.state === state) return await known.amount
    const amount = this.#countAll(ref, set.id)
    this.#counts.delete(ref.sourceId)
    this.#counts.set(ref.sourceId, { state, amount })
    amount.catch(() => this.#counts.delete(ref.sourceId))
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= remembered) break
      this.#counts.delete(oldest)
    }
    return await amount
  }

  async #countAll(ref: SourceRef, set: Parameters<typeof countEmbeddedPage>[2]): Promise<EmbeddedAmount> {
    let [files, bytes] = [0, 0]
    for (let after: FileId | null = null; ; ) {
      const page = await countEmbeddedPage(this.#db.query, ref, set, after)
      files += page.files
      bytes += page.bytes
      if (page.next === null) return { files, bytes }
      after = page.next
      await new Promise(setImmediate)
    }
  }
}
