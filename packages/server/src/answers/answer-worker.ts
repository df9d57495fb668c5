import type { Database } from '../database/database.ts'
import { poll } from '../database/poll.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { AnswerId, UserId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { type ClaimedAnswer, leaseMs, renewMs } from './answer.ts'
import { listCancelRequests, releaseAnswer, renewLeases } from './answer-store.ts'
import { pruneEvents } from './log/prune-events-store.ts'
import { type ClaimOptions, claimAnswers } from './queue/claim-store.ts'
import type { StopReason } from './run-answer.ts'
import { pruneTraces } from './traces/prune-traces-store.ts'

/** How long a cancellation can go unnoticed while wake-ups from other nodes do not arrive. */
const cancelPollMs = 1_000
const pruneEveryMs = 60_000
/** What fails outside of its generator (the database refuses the end, say) is tried again, ever more slowly. */
const retryMs = 1_000
const maxRetryMs = 30_000
/** Somebody else was writing to the answer just then. */
const renewAgainMs = 250
/** Without a word from the database: others have long taken over, or it is away for everybody and nothing can be kept. */
const maxSilenceMs = 5 * leaseMs
/** Turns are remembered of this many owners, only while more waits than may run. */
const maxServed = 1_000

interface WorkerDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly logger: Logger
  /** Answers that this node runs at once. */
  readonly concurrency: number
  /** Answers of one owner that all nodes together run at once. */
  readonly ownerConcurrency: number
  run(answer: ClaimedAnswer, signal: AbortSignal): Promise<void>
}

interface Running {
  readonly answer: ClaimedAnswer
  readonly controller: AbortController
  readonly done: Promise<void>
  /** When the database was last asked, and then said that the lease is ours. */
  heldAt: number
}

/** Claims answers that wait, runs them side by side, keeps their leases, and stops them when asked to. */
export class AnswerWorker {
  readonly #dependencies: WorkerDependencies
  readonly #running = new Map<AnswerId, Running>()
  readonly #timers: NodeJS.Timeout[]
  readonly #stopListening: (() => void)[]
  #claiming: Promise<void> | undefined
  #renewing: Promise<void> | undefined
  #isClaimWanted = false
  #isStopping = false
  readonly #cancelledWhileClaiming = new Set<AnswerId>()
  /** Owners by when this node last served them, oldest first. */
  readonly #served = new Set<UserId>()

  constructor(dependencies: WorkerDependencies) {
    this.#dependencies = dependencies
    const { wakeUp } = dependencies
    this.#stopListening = [
      wakeUp.listen('answer-queued', () => this.#claimSoon()),
      wakeUp.listen('answer-cancel', (id) => this.#cancel(id as AnswerId)),
      poll(wakeUp, () => this.#claimSoon()),
    ]
    this.#timers = [
      setInterval(() => void this.#renew(), renewMs),
      setInterval(() => void this.#cancelUnheard(), cancelPollMs),
      setInterval(() => void this.#prune(), pruneEveryMs),
    ]
    this.#claimSoon()
  }

  #claimSoon(): void {
    this.#isClaimWanted = true
    if (this.#isStopping || this.#claiming !== undefined || !this.#hasRoom) return
    // A connection that died without a word would keep every later claim waiting; what it claimed, runs if it comes back.
    this.#claiming = within(leaseMs, this.#claimAll())
      .catch((error) =>
        this.#dependencies.logger.warn({ error: String(error) }, 'waiting answers could not be claimed'),
      )
      .finally(() => {
        this.#claiming = undefined
        this.#cancelledWhileClaiming.clear()
        if (this.#isClaimWanted && !this.#isStopping) this.#claimSoon()
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
    // After this process slept: what runs here and nobody has taken is ours still, and not to be claimed from ourselves.
    if (this.#hasStaleLease) await this.#renew()
    const { db, node, concurrency, ownerConcurrency } = this.#dependencies
    const limit = concurrency - this.#running.size
    const options: ClaimOptions = { node, limit, ownerLimit: ownerConcurrency, served: [...this.#served] }
    const askedAt = performance.now()
    const answers = await claimAnswers(db, options)
    // Everybody who waits has as many running as may be: nobody's turn comes before another's.
    if (answers.length === 0) this.#served.clear()
    for (const answer of answers) {
      this.#start(answer, askedAt)
      this.#served.delete(answer.ownerId)
      this.#served.add(answer.ownerId)
    }
    for (const owner of this.#served) if (this.#served.size > maxServed) this.#served.delete(owner)
  }

  get #hasStaleLease(): boolean {
    const now = performance.now()
    return [...this.#running.values()].some(({ heldAt }) => now - heldAt > leaseMs)
  }

  #start(answer: ClaimedAnswer, heldAt: number): void {
    const { logger, run } = this.#dependencies
    // Still running here although its lease ran out: this process was asleep for long. Never two at once.
    const before = this.#running.get(answer.answerId)
    before?.controller.abort('fenced' satisfies StopReason)
    const controller = new AbortController()
    const done = Promise.resolve(before?.done)
      .then(() => run(answer, controller.signal))
      .then(() => (controller.signal.reason === ('shutdown' satisfies StopReason) ? 0 : undefined))
      .catch((error) => {
        logger.error({ answer: answer.answerId, err: error }, 'an answer stopped without an end; it will be run again')
        return Math.min(answer.attempt * retryMs, maxRetryMs)
      })
      .then((afterMs) => (afterMs === undefined ? undefined : this.#release(answer, afterMs)))
      .finally(() => {
        if (this.#running.get(answer.answerId)?.controller === controller) this.#running.delete(answer.answerId)
        this.#claimSoon()
      })
    this.#running.set(answer.answerId, { answer, controller, done, heldAt })
    if (this.#cancelledWhileClaiming.has(answer.answerId)) controller.abort('cancelled' satisfies StopReason)
    if (this.#isStopping) controller.abort('shutdown' satisfies StopReason)
  }

  /** Without effect on an answer that has ended, or that somebody else runs. */
  async #release(answer: ClaimedAnswer, afterMs: number): Promise<void> {
    const { db, wakeUp, node, logger } = this.#dependencies
    try {
      await releaseAnswer(db, answer, { node, afterMs })
      if (afterMs === 0) wakeUp.notify('answer-queued', answer.answerId)
    } catch (error) {
      logger.warn({ answer: answer.answerId, error: String(error) }, 'a lease could not be given back')
    }
  }

  #cancel(id: AnswerId): void {
    const running = this.#running.get(id)
    if (running !== undefined) running.controller.abort('cancelled' satisfies StopReason)
    // Taken by the claim under way, perhaps, which read it before it was cancelled.
    else if (this.#claiming !== undefined) this.#cancelledWhileClaiming.add(id)
  }

  /** One small read, and only while wake-ups are down and something runs; the renewal would tell too, but later. */
  async #cancelUnheard(): Promise<void> {
    const { db, node, wakeUp, logger } = this.#dependencies
    if (wakeUp.isConnected || this.#running.size === 0) return
    try {
      for (const id of await listCancelRequests(db.query, node)) this.#cancel(id)
    } catch (error) {
      logger.warn({ error: String(error) }, 'cancelled answers could not be looked for')
    }
  }

  /** One at a time: while the database is away, renewals must not pile up behind each other. */
  #renew(): Promise<void> {
    for (const { controller, heldAt } of this.#running.values())
      if (performance.now() - heldAt > maxSilenceMs) controller.abort('fenced' satisfies StopReason)
    this.#renewing ??= within(leaseMs, this.#renewAll())
      .catch((error) => this.#dependencies.logger.warn({ error: String(error) }, 'leases could not be renewed'))
      .finally(() => {
        this.#renewing = undefined
      })
    return this.#renewing
  }

  /** What the database says is not ours any more, is stopped; while it says nothing, nothing is written anyway. */
  async #renewAll(): Promise<void> {
    const { db, node } = this.#dependencies
    const running = [...this.#running.values()]
    if (running.length === 0) return
    const askedAt = performance.now()
    const held = await renewLeases(
      db,
      node,
      running.map(({ answer }) => answer),
    )
    let isAgainWanted = false
    for (const entry of running) {
      const lease = held.get(entry.answer.answerId)
      if (lease === undefined) entry.controller.abort('fenced' satisfies StopReason)
      else if (lease.isCancelRequested) entry.controller.abort('cancelled' satisfies StopReason)
      if (lease?.isRenewed === true) entry.heldAt = askedAt
      else if (lease !== undefined) isAgainWanted = true
    }
    if (isAgainWanted && !this.#isStopping) setTimeout(() => void this.#renew(), renewAgainMs).unref()
  }

  async #prune(): Promise<void> {
    const { db, logger } = this.#dependencies
    try {
      await pruneEvents(db, new Date())
      await pruneTraces(db, new Date())
    } catch (error) {
      logger.warn({ error: String(error) }, 'old answer logs and traces could not be removed')
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

/** Rejects when `work` takes longer than `ms`; the work itself goes on. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the database did not reply within ${ms} ms`)), ms)
    void work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
