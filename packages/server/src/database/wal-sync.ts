import { closeSync, fdatasync, openSync } from 'node:fs'

/** Thrown once a sync failed: what was written may be lost although the system forgot that, so nothing more is accepted. */
export class StorageLostError extends Error {
  override readonly name = 'StorageLostError'
}

/**
 * Syncs SQLite's write-ahead log beside the event loop. One sync serves everything that was written before it began;
 * what is written while one runs waits for the next.
 */
export class WalSync {
  readonly #file: number
  #hasUnsynced = false
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #failure: StorageLostError | undefined

  constructor(path: string) {
    // Only the database file and its `-shm` carry SQLite's locks, which closing a second handle would end; the log has
    // none. Windows syncs nothing through a handle that may not write.
    this.#file = openSync(path, 'r+')
  }

  /** A commit has just been written. */
  wrote(): void {
    this.#hasUnsynced = true
  }

  /** Throws when a sync has failed before: the page cache and the disk may differ from then on. */
  requireHealthy(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves when everything written before this call is on the disk. */
  settled(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (!this.#hasUnsynced) return this.#running ?? Promise.resolve()
    if (this.#running === undefined && this.#next === undefined) return this.#sync()
    this.#next ??= this.#running?.then(() => this.#sync()) ?? this.#sync()
    return this.#next
  }

  #sync(): Promise<void> {
    this.#hasUnsynced = false
    this.#next = undefined
    this.#running = syncFile(this.#file)
      .catch((cause) => {
        this.#failure = new StorageLostError(
          'The disk refused to keep what was written; nothing is stored until the server has been started again',
          { cause },
        )
        throw this.#failure
      })
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async close(): Promise<void> {
    try {
      await this.settled()
    } finally {
      closeSync(this.#file)
    }
  }
}

function syncFile(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file, (error) => (error === null ? resolve() : reject(error)))
  })
}
