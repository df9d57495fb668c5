import { inTransaction } from '../../database/database.ts'
import type { Logger } from '../../logger.ts'
import type { SourceRef } from '../source.ts'
import { lockSource } from '../source-store.ts'
import { beginSync, type SyncStartDependencies } from './manage-sync.ts'
import { syncKind } from './source-sync.ts'
import { claimDueSync, listDueSyncs, lockSync } from './source-sync-store.ts'

const lookEveryMs = 10_000

interface ScheduleDependencies extends SyncStartDependencies {
  readonly logger: Logger
}

/** Begins the syncs that are due. Every worker node looks; each due sync is begun by one of them. */
export class SyncSchedule {
  readonly #dependencies: ScheduleDependencies
  readonly #timer: NodeJS.Timeout
  #looking: Promise<void> | undefined
  #isStopping = false

  constructor(dependencies: ScheduleDependencies) {
    this.#dependencies = dependencies
    // Nodes that were started together do not look together.
    this.#timer = setInterval(() => void this.look(), lookEveryMs * (0.85 + 0.3 * Math.random()))
  }

  /** Returns when what is due by now was begun. */
  look(): Promise<void> {
    this.#looking ??= this.#beginDue()
      .catch((error) => this.#dependencies.logger.warn({ error: String(error) }, 'due syncs could not be begun'))
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  async #beginDue(): Promise<void> {
    for (const ref of await listDueSyncs(this.#dependencies.db)) {
      if (this.#isStopping) return
      await beginDueSync(this.#dependencies, ref)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#timer)
    await this.#looking
  }
}

/** One that still runs, or was paused, is left alone until it is due again. */
async function beginDueSync({ db, wakeUp }: ScheduleDependencies, ref: SourceRef): Promise<void> {
  const job = await inTransaction(db, async (tx) => {
    const source = await lockSource(db, tx, ref)
    const isDue = source !== undefined && (await claimDueSync(db, tx, ref))
    const sync = isDue ? await lockSync(db, tx, ref) : undefined
    if (sync === undefined || sync.state === 'running' || sync.state === 'paused') return undefined
    return await beginSync(tx, ref, sync)
  })
  if (job !== undefined) wakeUp.notify('job-queued', syncKind)
}
