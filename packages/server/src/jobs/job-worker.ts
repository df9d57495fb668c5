import { setTimeout as wait } from 'node:timers/promises'
import { inBackground } from '../database/background.ts'
import { type Database, inTransaction, timeFromNow } from '../database/database.ts'
import { poll } from '../database/poll.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { JobId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { type ClaimTurn, claimJobs } from './claim-store.ts'
import { type ClaimedJob, JobFencedError, type JobHandler, jobLeaseMs, jobRenewMs, maxJobAttempts } from './job.ts'
import {
  countUnfinishedJobs,
  endJob,
  pruneJobs,
  releaseJob,
  renewJobLeases,
  requireHeldJob,
  retryJobLater,
} from './job-store.ts'

const pruneEveryMs = 3_600_000
const keepFinishedMs = 7 * 24 * 3_600_000
const firstRetryMs = 500
const idlePollMs = 25
/** So long a place may stand empty, so that what ends meanwhile is claimed for together. */
const gatherMs = 25

interface JobWorkerDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly logger: Logger
  readonly concurrency: number
  /** Kinds that may take hours: they have places of their own, so that those of the others stay free. */
  readonly long?: LongJobs | undefined
  /** By kind; jobs of other kinds are left for nodes that know them. */
  readonly handlers: Readonly<Record<string, JobHandler>>
  /** After the commit that completed a job. */
  readonly onEnd?: ((job: ClaimedJob) => void) | undefined
  /** When a job begins, now and then while it runs, and when it is over or put off. */
  readonly onChange?: ((job: ClaimedJob) => void) | undefined
}

interface LongJobs {
  readonly kinds: readonly string[]
  readonly concurrency: number
  /** Fewer than `concurrency`: nobody takes all of them. */
  readonly perOwner: number
}

interface Lane {
  readonly kinds: readonly string[]
  readonly concurrency: number
  readonly perOwner?: number
  readonly turn: ClaimTurn
}

type StopReason = 'shutdown' | 'fenced'
const fenced: StopReason = 'fenced'

interface Running {
  readonly job: ClaimedJob
  readonly controller: AbortController
  readonly done: Promise<void>
}

/** Claims jobs that are due, runs a few side by side, keeps their leases, and gives them back when asked to stop. */
export class JobWorker {
  readonly #dependencies: JobWorkerDependencies
  readonly #lanes: readonly Lane[]
  readonly #running = new Map<JobId, Running>()
  readonly #timers: NodeJS.Timeout[]
  readonly #stopListening: readonly (() => void)[]
  #claiming: Promise<void> | undefined
  #gathering: NodeJS.Timeout | undefined
  /** Where something may be waiting since they were last claimed for. */
  readonly #wanted = new Set<Lane>()
  #isStopping = false
  #renewedAt = performance.now()

  constructor(dependencies: JobWorkerDependencies) {
    this.#dependencies = dependencies
    this.#lanes = lanesOf(dependencies)
    const { wakeUp } = dependencies
    this.#stopListening = [
      wakeUp.listen('job-queued', (kind) => this.#claimSoon(this.#lanesFor(kind))),
      poll(wakeUp, () => this.#claimSoon()),
      wakeUp.listen('job-withdrawn', (id) => this.#running.get(id as JobId)?.controller.abort(fenced)),
    ]
    this.#timers = [
      setInterval(() => void this.#renew(), jobRenewMs),
      setInterval(() => void this.#prune(), pruneEveryMs),
    ]
    this.#claimSoon()
  }

  #lanesFor(kind: string): readonly Lane[] {
    return this.#lanes.filter(({ kinds }) => kinds.includes(kind))
  }

  #claimSoon(lanes = this.#lanes): void {
    for (const lane of lanes) this.#wanted.add(lane)
    if (this.#isStopping || this.#claiming !== undefined || !this.#hasRoom) return
    this.#claiming = this.#claimAll()
      .catch((error) => this.#dependencies.logger.warn({ error: String(error) }, 'waiting jobs could not be claimed'))
      .finally(() => {
        this.#claiming = undefined
        this.#claimSoon([])
      })
  }

  /** A claim for two costs what one for one does; but half of the places are kept busy. */
  #claimAfterEnd(kind: string): void {
    const lanes = this.#lanesFor(kind)
    if (lanes.some((lane) => this.#placesIn(lane) * 2 >= lane.concurrency)) {
      this.#claimSoon(lanes)
      return
    }
    for (const lane of lanes) this.#wanted.add(lane)
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#claimSoon([])
    }, gatherMs)
  }

  get runningCount(): number {
    return this.#running.size
  }

  get #hasRoom(): boolean {
    return [...this.#wanted].some((lane) => this.#placesIn(lane) > 0)
  }

  #placesIn({ kinds, concurrency }: Lane): number {
    return (
      concurrency -
      this.#running
        .values()
        .filter(({ job }) => kinds.includes(job.kind))
        .toArray().length
    )
  }

  async #claimAll(): Promise<void> {
    for (const lane of this.#wanted) {
      if (this.#placesIn(lane) <= 0) continue
      this.#wanted.delete(lane)
      await this.#claimFor(lane)
    }
  }

  async #claimFor(lane: Lane): Promise<void> {
    const { db, node } = this.#dependencies
    const { kinds, perOwner, turn } = lane
    for (let places = this.#placesIn(lane); places > 0 && kinds.length > 0; places = this.#placesIn(lane)) {
      // One after the other: each counts when the next owner's are.
      const limit = perOwner === undefined ? places : 1
      const jobs = await claimJobs(db, { node, kinds, limit, perOwner }, turn)
      for (const job of jobs) this.#start(job)
      if (jobs.length < limit || perOwner === undefined) return
    }
  }

  #start(job: ClaimedJob): void {
    // Still running here although its lease ran out: this process was asleep for long.
    this.#running.get(job.id)?.controller.abort(fenced)
    const controller = new AbortController()
    const done = inBackground(() => this.#run(job, controller.signal))
      .catch((error) =>
        this.#dependencies.logger.warn({ job: job.id, error: String(error) }, 'a job was left to its lease'),
      )
      .finally(() => {
        if (this.#running.get(job.id)?.controller === controller) this.#running.delete(job.id)
        this.#dependencies.onChange?.(job)
        this.#claimAfterEnd(job.kind)
      })
    this.#running.set(job.id, { job, controller, done })
    this.#dependencies.onChange?.(job)
    if (this.#isStopping) controller.abort('shutdown' satisfies StopReason)
  }

  async #run(job: ClaimedJob, signal: AbortSignal): Promise<void> {
    const { db, handlers, logger, onEnd } = this.#dependencies
    const handler = handlers[job.kind]
    if (handler === undefined) return await this.#release(job)
    if (job.attempt > maxJobAttempts) return await this.#giveUp(job, handler, 'died', 'the node that ran it died')
    try {
      await using held = new AsyncDisposableStack()
      const write = await handler.run(job, signal, held)
      await inTransaction(db, async (tx) => {
        await requireHeldJob(db, tx, job)
        await write(tx)
        await endJob(tx, job, null)
      })
      onEnd?.(job)
    } catch (error) {
      if (error instanceof JobFencedError || signal.reason === 'fenced') {
        logger.warn({ job: job.id, kind: job.kind }, 'another attempt took this job over, or it was withdrawn')
        return
      }
      if (signal.reason === 'shutdown') return await this.#release(job)
      await this.#failed(job, handler, error)
    }
  }

  async #release(job: ClaimedJob): Promise<void> {
    const { db, wakeUp } = this.#dependencies
    await releaseJob(db.query, job)
    wakeUp.notify('job-queued', job.kind)
  }

  async #failed(job: ClaimedJob, handler: JobHandler, error: unknown): Promise<void> {
    const { db, logger } = this.#dependencies
    logger.error({ job: job.id, kind: job.kind, attempt: job.attempt, err: error }, 'a job failed')
    if (job.attempt >= maxJobAttempts) return await this.#giveUp(job, handler, 'failed', String(error))
    await retryJobLater(db, job, firstRetryMs * 4 ** (job.attempt - 1), String(error))
  }

  async #giveUp(job: ClaimedJob, handler: JobHandler, reason: 'died' | 'failed', error: string): Promise<void> {
    const { db } = this.#dependencies
    await inTransaction(db, async (tx) => {
      await requireHeldJob(db, tx, job)
      await handler.giveUp(tx, job, reason)
      await endJob(tx, job, error)
    })
  }

  /** Jobs whose lease could not be renewed in time belong to somebody else by now. */
  async #renew(): Promise<void> {
    const claimedBefore = [...this.#running]
    const stop = ({ controller }: Running) => controller.abort(fenced)
    if (claimedBefore.length === 0) {
      this.#renewedAt = performance.now()
      return
    }
    const { db, node, logger, onChange } = this.#dependencies
    for (const [, { job }] of claimedBefore) onChange?.(job)
    try {
      const held = await renewJobLeases(
        db,
        node,
        claimedBefore.map(([id]) => id),
      )
      this.#renewedAt = performance.now()
      for (const [id, running] of claimedBefore) if (!held.has(id)) stop(running)
    } catch (error) {
      logger.warn({ error: String(error) }, 'job leases could not be renewed')
      if (performance.now() - this.#renewedAt > jobLeaseMs) for (const [, running] of claimedBefore) stop(running)
    }
  }

  async #prune(): Promise<void> {
    const { db, logger } = this.#dependencies
    await pruneJobs(db.query, timeFromNow(-keepFinishedMs)).catch((error) =>
      logger.warn({ error: String(error) }, 'old jobs could not be removed'),
    )
  }

  /** Resolves when no job waits or runs, on any node: for tests and for commands that wait for their work. */
  async idle(signal?: AbortSignal): Promise<void> {
    while (!this.#isStopping && (await countUnfinishedJobs(this.#dependencies.db.query)) > 0) {
      this.#claimSoon()
      await wait(idlePollMs, undefined, signal === undefined ? {} : { signal })
    }
  }

  /** Stops claiming, stops what runs, and gives it back; an attempt cut short so does not count. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true
    for (const stop of this.#stopListening) stop()
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#gathering)
    await this.#claiming
    const running = [...this.#running.values()]
    for (const { controller } of running) controller.abort('shutdown' satisfies StopReason)
    await Promise.all(running.map(({ done }) => done))
  }
}

function lanesOf({ handlers, concurrency, long }: JobWorkerDependencies): Lane[] {
  const kinds = Object.keys(handlers)
  if (long === undefined) return [{ kinds, concurrency, turn: { after: '' } }]
  const short = kinds.filter((kind) => !long.kinds.includes(kind))
  return [
    { kinds: short, concurrency, turn: { after: '' } },
    { ...long, turn: { after: '' } },
  ]
}
