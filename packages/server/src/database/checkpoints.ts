import type { DatabaseSync } from 'node:sqlite'
import { programUrl } from '../program-files.ts'
import { WorkThread } from '../work-thread.ts'
import type { CheckpointWork } from './checkpoint-worker.ts'

const writesPerLook = 32
/** 8 MB: what the connection's own checkpoint finds left to do then takes some milliseconds. */
const pagesPerCheckpoint = 2_000
/** After so long without a write the rest is brought in too, so that the next one begins the log anew for nothing. */
const idleMs = 1_000

/**
 * Brings SQLite's log into the database file beside the event loop, on a connection of its own, while much is written.
 * Else the commit that fills the log would do all of it: tens of milliseconds on a quick disk, in which nobody is
 * answered. A server that writes little never starts the thread.
 */
export class Checkpoints {
  readonly #path: string
  readonly #thread = new WorkThread<CheckpointWork>(programUrl('database/checkpoint-worker'))
  #writes = 0
  #running: Promise<void> | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** After a commit, while no transaction is open. */
  wrote(database: DatabaseSync): void {
    this.#writes += 1
    this.#idle = this.#idle?.refresh() ?? setTimeout(() => this.#rest(database), idleMs).unref()
    if (this.#writes < writesPerLook || this.#running !== undefined) return
    this.#writes = 0
    if (countPages(database).left >= pagesPerCheckpoint) this.#checkpoint()
  }

  #rest(database: DatabaseSync): void {
    if (this.#running !== undefined) return
    const { log, left } = countPages(database)
    if (log >= pagesPerCheckpoint && left > 0) this.#checkpoint()
  }

  #checkpoint(): void {
    this.#running = this.#thread
      .run('checkpoint', this.#path)
      // The connection checkpoints by itself when its log is full, and says what is wrong.
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle)
    await this.#running
    await this.#thread[Symbol.asyncDispose]()
  }
}

/** Of the log, and of these not yet in the database file. */
function countPages(database: DatabaseSync): { readonly log: number; readonly left: number } {
  try {
    const { log, checkpointed } = database.prepare('pragma wal_checkpoint(noop)').get() as {
      readonly log: number
      readonly checkpointed: number
    }
    return { log, left: log - checkpointed }
  } catch {
    // A disk that fails tells whoever writes next.
    return { log: 0, left: 0 }
  }
}
