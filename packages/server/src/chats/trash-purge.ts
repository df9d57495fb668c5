import { announceChange } from '../database/change-notice.ts'
import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ProjectId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { clearingKind } from './removed-chat-store.ts'
import { findTrashProject, listTrashBefore, purgeChat } from './trash-store.ts'

const lookEveryMs = 3_600_000
const chatsPerRead = 100
const dayMs = 86_400_000

interface PurgeDependencies {
  readonly db: Database
  readonly wakeUp: Pick<WakeUp, 'notify'>
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
    const { query } = this.#dependencies.db
    const before = new Date(Date.now() - this.#dependencies.trashDays * dayMs).toISOString()
    let projectId = await findTrashProject(query, undefined)
    while (projectId !== undefined && !this.#isStopping) {
      await this.#deleteDueOf(projectId, before)
      projectId = await findTrashProject(query, projectId)
    }
  }

  async #deleteDueOf(projectId: ProjectId, before: string): Promise<void> {
    const { db, wakeUp } = this.#dependencies
    for (;;) {
      const chats = await listTrashBefore(db.query, projectId, { before, limit: chatsPerRead })
      for (const chat of chats) {
        if (this.#isStopping) return
        if (!(await purgeChat(db, chat, before))) continue
        const { chatId, ownerId, isLarge } = chat
        announceChange(wakeUp, { type: 'chat-deleted', projectId, chatId, ownerId })
        if (isLarge) wakeUp.notify('job-queued', clearingKind)
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
