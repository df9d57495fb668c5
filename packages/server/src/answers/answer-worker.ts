import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { AnswerId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { type ClaimedAnswer, leaseMs, renewMs } from './answer.ts'
import { claimAnswers, releaseAnswer, renewLeases } from './answer-store.ts'
import { pruneEvents } from './prune-events-store.ts'
import type { StopReason } from './run-answer.ts'

/** How long a waiting answer can go unnoticed when a wake-up was lost, or after its lease ran out. */
const pollMs = 2_000
const pruneEveryMs = 60_000
/** What fails outside of its generator (the database refuses the end, say) is tried again, ever more slowly. */
const retryMs = 1_000
const maxRetryMs = 30_000

interface WorkerDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly logger: Logger
  readonly concurrency: number
  run(answer: ClaimedAnswer, signal: AbortSignal): Promise<void>
}

interface Running {
  readonly answer: ClaimedAnswer
  readonly controller: AbortController
  readonly done: Promise<void>
}

/** Claims answers that wait, runs them side by side, keeps their leases, and stops them when asked to. */
export class AnswerWorker {
  readonly #dependencies: WorkerDependencies
  readonly #running = new Map<AnswerId, Running>()
  readonly #timers: NodeJS.Timeout[]
  readonly #stopListening: (() => void)[]
  #claiming: Promise<void> | undefined
  #isClaimWanted = false
  #isStopping = false
  #renewedAt = performance.now()

  constructor(dependencies: WorkerDependencies) {
    this.#dependencies = dependencies
    const { wakeUp } = dependencies
    this.#stopListening = [
      wakeUp.listen('answer-queued', () => this.#claimSoon()),
      wakeUp.listen('answer-cancel', (id) => this.#stop(id as AnswerId, 'cancelled')),
    ]
    this.#timers = [
      setInterval(() => this.#claimSoon(), pollMs),
      setInterval(() => void this.#renew(), renewMs),
      setInterval(() => void this.#prune(), pruneEveryMs),
    ]
    this.#claimSoon()
  }

  #claimSoon(): void {
    this.#isClaimWanted = true
    if (this.#isStopping || this.#claiming !== undefined) return
    this.#claiming = this.#claimAll()
      .catch((error) =>
        this.#dependencies.logger.warn({ error: String(error) }, 'waiting answers could not be claimed'),
      )
      .finally(() => {
        this.#claiming = undefined
        if (this.#isClaimWanted && !this.#isStopping && this.#hasRoom) this.#claimSoon()
      })
  }

  get runningCount(): number {
    return this.#running.size
  }

  get #hasRoom(): boolean {
    return this.#running.size < this.#dependencies.concurrency
  }

  async #claimAll(): Promise<void> {
    this.#isClaimWanted = false
    if (!this.#hasRoom) return
    const { db, node, concurrency } = this.#dependencies
    for (const answer of await claimAnswers(db, { node, limit: concurrency - this.#running.size })) this.#start(answer)
  }

  #start(answer: ClaimedAnswer): void {
    const { db, node, logger, run } = this.#dependencies
    const controller = new AbortController()
    const done = run(answer, controller.signal)
      .then(() => 0)
      .catch((error) => {
        logger.error({ answer: answer.answerId, err: error }, 'an answer stopped without an end; it will be run again')
        return Math.min(answer.attempt * retryMs, maxRetryMs)
      })
      // Without effect on a finished answer; after a shutdown it lets the next attempt begin at once.
      .then((afterMs) => releaseAnswer(db.query, answer, { node, afterMs }))
      .catch((error) =>
        logger.warn({ answer: answer.answerId, error: String(error) }, 'a lease could not be given back'),
      )
      .finally(() => {
        this.#running.delete(answer.answerId)
        this.#claimSoon()
      })
    this.#running.set(answer.answerId, { answer, controller, done })
    if (this.#isStopping) controller.abort('shutdown' satisfies StopReason)
  }

  #stop(id: AnswerId, reason: StopReason): void {
    this.#running.get(id)?.controller.abort(reason)
  }

  /** Answers whose lease could not be renewed in time belong to somebody else by now. */
  async #renew(): Promise<void> {
    if (this.#running.size === 0) {
      this.#renewedAt = performance.now()
      return
    }
    const { db, node, logger } = this.#dependencies
    const claimedBefore = [...this.#running.keys()]
    try {
      const held = await renewLeases(db.query, node)
      this.#renewedAt = performance.now()
      for (const id of claimedBefore) {
        const lease = held.get(id)
        if (lease === undefined) this.#stop(id, 'fenced')
        else if (lease.isCancelRequested) this.#stop(id, 'cancelled')
      }
    } catch (error) {
      logger.warn({ error: String(error) }, 'leases could not be renewed')
      if (performance.now() - this.#renewedAt > leaseMs) for (const id of claimedBefore) this.#stop(id, 'fenced')
    }
  }

  async #prune(): Promise<void> {
    const { db, logger } = this.#dependencies
    try {
      await pruneEvents(db, new Date())
    } catch (error) {
      logger.warn({ error: String(error) }, 'old answer logs could not be removed')
    }
  }

  /** Stops claiming, lets running answers store what they have, and gives them back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true
    for (const stop of this.#stopListening) stop()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#claiming
    const running = [...this.#running.values()]
    for (const { controller } of running) controller.abort('shutdown' satisfies StopReason)
    await Promise.all(running.map(({ done }) => done))
  }
}
