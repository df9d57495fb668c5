import type { Database } from '../../database/database.ts'
import type { AnswerId } from '../../ids.ts'
import { listQueue } from './queue-position-store.ts'

/** How old a position may be that is told: one statement a second for everybody on this node who asks. */
const maxAgeMs = 1_000

/** Where in the queue an answer waits. Reads the queue only when asked, for all who ask at that time at once. */
export class QueuePositions {
  readonly #db: Database
  #positions: ReadonlyMap<AnswerId, number> = new Map()
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(db: Database) {
    this.#db = db
  }

  /** How many answers would be started before this one, plus one; null when it does not wait. */
  async find(answerId: AnswerId): Promise<number | null> {
    if (performance.now() - this.#readAt > maxAgeMs || !this.#positions.has(answerId)) {
      // A reading that had begun before may not show what was asked since.
      await this.#reading?.catch(() => undefined)
      if (!this.#positions.has(answerId) || performance.now() - this.#readAt > maxAgeMs) await this.#read()
    }
    return this.#positions.get(answerId) ?? null
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readQueue().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readQueue(): Promise<void> {
    const askedAt = performance.now()
    const queue = await listQueue(this.#db)
    this.#positions = new Map(queue.map((id, index) => [id, index + 1]))
    this.#readAt = askedAt
  }
}
