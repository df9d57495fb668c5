import type { Database } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import { listTrashBefore, purgeChat } from './trash-store.ts'

const lookEveryMs = 3_600_000
const chatsPerRead = 100
const dayMs = 86_400_000

interface PurgeDependencies {
  readonly db: Database
  readonly logger: Logger
  readonly trashDays: number
}

/** Deletes for good what has lain in the trash for long enough. Every worker node looks; whoever comes second finds nothing. */
export class TrashPurge {
  readonly #dependencies: PurgeDependencies
  readonly #timer: NodeJS.Timeout
  #purging: Promise<void> | undefined
  #isStopping = false

  constructor(dependencies: PurgeDependencies) {
    this.#dependencies = dependencies
    this.#timer = setInterval(() => void this.purge(), lookEveryMs * (0.85 + 0.3 * Math.random()))
    void this.purge()
  }

  /** Returns when what is due by now is gone. */
  purge(): Promise<void> {
    this.#purging ??= this.#deleteDue()
      .catch((error) => this.#dependencies.logger.warn({ error: String(error) }, 'the trash could not be emptied'))
      .finally(() => {
        this.#purging = undefined
      })
    return this.#purging
  }

  async #deleteDue(): Promise<void> {
    const before = new Date(Date.now() - this.#dependencies.trashDays * dayMs).toISOString()
    for (;;) {
      const chats = await listTrashBefore(this.#dependencies.db, before, chatsPerRead)
      for (const chat of chats) {
        if (this.#isStopping) return
        await purgeChat(this.#dependencies.db, chat, before)
      }
      if (chats.length < chatsPerRead) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#timer)
    await this.#purging
  }
}
