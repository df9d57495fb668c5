import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../database/database.ts'
import { storageFailureOf } from '../../database/storage-failure.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import type { AnswerId } from '../../ids.ts'
import type { Logger } from '../../logger.ts'
import { type AnswerRef, isFinished } from '../answer.ts'
import { findAnswer } from '../answer-store.ts'
import type { ReadEvent } from './answer-event.ts'
import { insertEvents, type NewEvent } from './answer-event-store.ts'
import { AnswerTail, TailReader } from './answer-tail.ts'
import { AnswerWriter } from './answer-writer.ts'
import { readAnswerLog } from './read-answer-log.ts'

/**
 * Deltas that arrive within a window are joined into one event; the first delta of an answer and its end never wait.
 * Storing may take a tenth of the time at most: where one window's insert takes long, the next window is longer.
 */
const minWindowMs = 30
const maxWindowMs = 120
const windowsPerInsert = 10
/** While the storage refuses events (it is away, or full) they are kept and tried again this often. */
const firstRetryMs = 100
const maxRetryMs = 2_000
/** How often an ending is looked for when nobody says that it came. */
const fallbackPollMs = 500

interface LogDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  /** This node's name, as leases carry it. */
  readonly node: string
  readonly logger: Logger
  /** How long a reader waits for a database that does not answer; a minute unless given. */
  readonly patienceMs?: number
}

interface Batch {
  readonly writer: AnswerWriter
  readonly rows: readonly NewEvent[]
}

/**
 * The log of every answer: numbered after deltas are joined, then persisted (one insert per window for all answers that
 * run here), then published. First read and resume are one path.
 */
export class AnswerLog {
  readonly #dependencies: LogDependencies
  readonly #tails = new Map<AnswerId, { tail: AnswerTail; users: number }>()
  readonly #writers = new Map<AnswerId, AnswerWriter>()
  readonly #dirty = new Set<AnswerWriter>()
  readonly #stopListening: () => void
  #windowTimer: NodeJS.Timeout | undefined
  /** Generators that read their live source on when the window closes. */
  #windowEnd: PromiseWithResolvers<void> | undefined
  #urgentTimer: NodeJS.Immediate | undefined
  #flushing: Promise<void> | undefined
  #windowOpenedAt = 0
  #windowMs = minWindowMs
  /** Not 0 while the last insert failed. */
  #retryMs = 0
  readonly #closing = new AbortController()

  constructor(dependencies: LogDependencies) {
    this.#dependencies = dependencies
    this.#stopListening = dependencies.wakeUp.listen('answer-events', (id) =>
      this.#tails.get(id as AnswerId)?.tail.wake(),
    )
  }

  /** The writer of an answer that this node holds the lease of; `lastNumber` is the newest number ever given out. */
  openWriter(answer: AnswerRef & { attempt: number; lastNumber: number }): AnswerWriter {
    // This node lost the lease to itself: the older attempt must not publish beside the newer one.
    this.#writers.get(answer.answerId)?.fence()
    const tail = this.#useTail(answer.answerId)
    const leaveTail = tail.openWriter(answer.lastNumber)
    const writer = new AnswerWriter(answer, {
      tail,
      changed: (writer) => this.#schedule(writer),
      flushed: () => this.#flush('urgent'),
      ended: () => this.#dependencies.wakeUp.notify('answer-events', answer.answerId),
      // What comes next is another node's, so readers have to ask the database.
      fenced: leaveTail,
      close: (writer) => {
        this.#dirty.delete(writer)
        if (this.#writers.get(answer.answerId) === writer) this.#writers.delete(answer.answerId)
        leaveTail()
        this.#leaveTail(answer.answerId)
      },
    })
    this.#writers.set(answer.answerId, writer)
    return writer
  }

  /** What happens after number `after`: see readAnswerLog. */
  async *read(ref: AnswerRef, after: number, signal: AbortSignal): AsyncGenerator<readonly ReadEvent[], void> {
    const { db, wakeUp, patienceMs } = this.#dependencies
    const tail = this.#useTail(ref.answerId)
    const source = { db: db.query, tail, isConnected: () => wakeUp.isConnected, patienceMs }
    try {
      yield* readAnswerLog(source, ref, after, signal)
    } finally {
      this.#leaveTail(ref.answerId)
    }
  }

  /** Whether the answer is over and its end has the number `after`: nothing is left to read. */
  async isReadToEnd(ref: AnswerRef, after: number): Promise<boolean> {
    const answer = await findAnswer(this.#dependencies.db.query, ref)
    return answer !== undefined && isFinished(answer.state) && answer.lastNumber === after
  }

  /** Resolves when the answer is over or `signal` aborts. */
  async waitForEnd(ref: AnswerRef, signal: AbortSignal): Promise<void> {
    const tail = this.#useTail(ref.answerId)
    using reader = new TailReader(tail, signal)
    try {
      while (!signal.aborted) {
        const seen = tail.version
        const answer = await findAnswer(this.#dependencies.db.query, ref)
        if (answer === undefined || isFinished(answer.state)) return
        await reader.wait(seen, fallbackPollMs)
      }
    } finally {
      this.#leaveTail(ref.answerId)
    }
  }

  #useTail(id: AnswerId): AnswerTail {
    const entry = this.#tails.get(id) ?? { tail: new AnswerTail(), users: 0 }
    entry.users += 1
    this.#tails.set(id, entry)
    return entry.tail
  }

  #leaveTail(id: AnswerId): void {
    const entry = this.#tails.get(id)
    if (entry === undefined) return
    entry.users -= 1
    if (entry.users === 0) this.#tails.delete(id)
  }

  #schedule(writer: AnswerWriter): void {
    this.#dirty.add(writer)
    if (this.#flushing !== undefined || this.#closing.signal.aborted) return
    if (writer.isUrgent) this.#urgentTimer ??= setImmediate(() => void this.#flush('urgent'))
    else this.#timeWindow()
  }

  /**
   * Resolves when the window closes, just before what is pending is stored: what a live source said meanwhile then comes
   * at once and goes into this window, so a token costs its way through the generators once per window.
   */
  windowEnd(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve()
    this.#windowEnd ??= Promise.withResolvers()
    this.#timeWindow()
    return this.#windowEnd.promise
  }

  #timeWindow(): void {
    const wait = Math.max(0, this.#windowOpenedAt + this.#windowMs - performance.now())
    this.#windowTimer ??= setTimeout(() => this.#closeWindow(), wait)
  }

  #closeWindow(): void {
    this.#windowTimer = undefined
    this.#windowOpenedAt = performance.now()
    this.#windowEnd?.resolve()
    this.#windowEnd = undefined
    setImmediate(() => void this.#flush('all'))
  }

  /**
   * Persists what is pending, then publishes it: of all writers when their window closes, in between of those only whose
   * events nobody should wait for. Failures keep the events and try again; fenced writers are told.
   */
  #flush(which: 'all' | 'urgent'): Promise<void> {
    clearImmediate(this.#urgentTimer)
    this.#urgentTimer = undefined
    this.#flushing ??= this.#flushWriters(which).finally(() => {
      this.#flushing = undefined
      for (const writer of this.#dirty) this.#schedule(writer)
    })
    return this.#flushing
  }

  async #flushWriters(which: 'all' | 'urgent'): Promise<void> {
    const writers = [...this.#dirty].filter((writer) => which === 'all' || writer.isUrgent)
    const batches = writers.map((writer) => ({ writer, rows: writer.takePending() }))
    for (const writer of writers) this.#dirty.delete(writer)
    const startedAt = performance.now()
    await this.#store(batches.filter(({ rows }) => rows.length > 0))
    if (which === 'all' && this.#retryMs === 0) this.#openWindow(startedAt)
  }

  async #store(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return
    const { db, node, wakeUp } = this.#dependencies
    try {
      const rows = batches.flatMap((batch) => batch.rows)
      const written = await insertEvents(db, node, rows)
      this.#retryMs = 0
      for (const { writer } of batches) {
        if (written.has(writer.answerId)) writer.publishTaken()
        else writer.fence()
        if (writer.hasPending) this.#dirty.add(writer)
        wakeUp.notify('answer-events', writer.answerId)
      }
    } catch (error) {
      const isOurFault = storageFailureOf(error) === undefined
      // One answer's events that cannot be stored must not hold up those of the others.
      if (isOurFault && batches.length > 1) for (const batch of batches) await this.#store([batch])
      else await this.#keep(batches, error)
    }
  }

  /** Nothing is lost while the storage refuses it: the same events, with the same numbers, go into the next insert. */
  async #keep(batches: readonly Batch[], error: unknown): Promise<void> {
    if (this.#retryMs === 0)
      this.#dependencies.logger.warn({ err: error }, 'events could not be stored; they are kept and tried again')
    for (const { writer } of batches) this.#dirty.add(writer)
    this.#retryMs = Math.min(maxRetryMs, Math.max(firstRetryMs, 2 * this.#retryMs))
    // Closing ends the wait.
    await pause(this.#retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }

  #openWindow(at: number): void {
    const insertMs = performance.now() - at
    this.#windowMs = Math.min(maxWindowMs, Math.max(minWindowMs, windowsPerInsert * insertMs))
    this.#windowOpenedAt = at
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening()
    this.#closing.abort()
    clearTimeout(this.#windowTimer)
    clearImmediate(this.#urgentTimer)
    this.#windowEnd?.resolve()
    await this.#flushing
  }
}
