import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ProjectId } from '../ids.ts'
import { enqueueJob } from '../jobs/job-store.ts'
import type { Logger } from '../logger.ts'
import { indexMessagesJob, indexMessagesKind } from './index-messages.ts'

/** One job takes in what was said meanwhile, so that it costs an answer nothing. */
const everyMs = 30_000

interface IndexingDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly logger: Logger
}

/** Remembers where something was said and now and then has it indexed. What a stop forgets, the next search finds unindexed. */
export class MessageIndexing {
  readonly #dependencies: IndexingDependencies
  readonly #said = new Set<ProjectId>()
  readonly #timer: NodeJS.Timeout

  constructor(dependencies: IndexingDependencies) {
    this.#dependencies = dependencies
    this.#timer = setInterval(() => void this.flush(), everyMs)
    this.#timer.unref()
  }

  note(projectId: ProjectId): void {
    this.#said.add(projectId)
  }

  async flush(): Promise<void> {
    const { db, wakeUp, logger } = this.#dependencies
    for (const projectId of [...this.#said]) {
      this.#said.delete(projectId)
      try {
        await inTransaction(db, (tx) => enqueueJob(tx, indexMessagesJob(projectId)))
        wakeUp.notify('job-queued', indexMessagesKind)
      } catch (error) {
        // Deleted meanwhile, or the database is away: it is noted again with the next answer.
        logger.debug({ project: projectId, error: String(error) }, 'what was said is not indexed yet')
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
