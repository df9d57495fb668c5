import { type AnswerId, dayOfId } from '../../ids.ts'
import { type AnswerRef, FencedError } from '../answer.ts'
import type { AnswerEvent, NumberedEvent } from './answer-event.ts'
import type { NewEvent } from './answer-event-store.ts'
import type { AnswerTail } from './answer-tail.ts'

/** Unwritten characters of one answer (the database is slow or away) above which its generator waits. */
const maxPendingLength = 1_000_000

interface WriterHooks {
  readonly tail: AnswerTail
  changed(writer: AnswerWriter): void
  flushed(): Promise<void>
  ended(): void
  fenced(): void
  close(writer: AnswerWriter): void
}

/** Appends to one answer's log. Numbers are given when a window closes, so live and replay are the same events. */
export class AnswerWriter {
  readonly #answer: AnswerRef & { attempt: number }
  readonly #hooks: WriterHooks
  #pending: AnswerEvent[] = []
  #taken: { rows: NewEvent[]; events: NumberedEvent[] } | undefined
  #lastNumber: number
  #pendingLength = 0
  #isFenced = false
  #hasText = false
  /** Holds the first delta of the answer, or somebody waits for its `flush`: no window holds it back. */
  isUrgent = false

  constructor(answer: AnswerRef & { attempt: number; lastNumber: number }, hooks: WriterHooks) {
    this.#answer = answer
    this.#hooks = hooks
    this.#lastNumber = answer.lastNumber
  }

  get answerId(): AnswerId {
    return this.#answer.answerId
  }

  /** The newest number given out so far. */
  get lastNumber(): number {
    return this.#lastNumber
  }

  /** Throws `FencedError` once another attempt owns the answer; waits while too much is unwritten. */
  async append(event: AnswerEvent): Promise<void> {
    if (this.#isFenced) throw new FencedError('the lease of this answer was lost')
    const previous = this.#pending.at(-1)
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
      this.#pendingLength += event.text.length
      if (previous?.type === event.type)
        this.#pending[this.#pending.length - 1] = { ...event, text: previous.text + event.text }
      else this.#pending.push(event)
    } else {
      this.#pending.push(event)
    }
    if (event.type === 'text-delta' && !this.#hasText) this.isUrgent = this.#hasText = true
    this.#hooks.changed(this)
    if (this.#pendingLength > maxPendingLength) await this.flush()
  }

  /** Resolves when everything appended so far is stored and published. */
  async flush(): Promise<void> {
    while ((this.#pending.length > 0 || this.#taken !== undefined) && !this.#isFenced) {
      this.isUrgent = true
      if (this.#taken === undefined) this.#hooks.changed(this)
      await this.#hooks.flushed()
    }
    if (this.#isFenced) throw new FencedError('the lease of this answer was lost')
  }

  get hasPending(): boolean {
    return this.#pending.length > 0
  }

  /** What goes into the next insert: what an earlier one failed to store comes first, with the same numbers. */
  takePending(): readonly NewEvent[] {
    if (this.#taken !== undefined) return this.#taken.rows
    if (this.#pending.length === 0) return []
    const events = this.#pending.map((event, index) => ({ number: this.#lastNumber + 1 + index, event }))
    const rows = events.map(({ number, event }) => ({
      project_id: this.#answer.projectId,
      answer_id: this.#answer.answerId,
      day: dayOfId(this.#answer.answerId),
      number,
      attempt: this.#answer.attempt,
      event: JSON.stringify(event),
    }))
    this.#lastNumber += events.length
    this.#pending = []
    this.#pendingLength = 0
    this.isUrgent = false
    this.#taken = { events, rows }
    return rows
  }

  publishTaken(): void {
    if (this.#taken !== undefined) this.#hooks.tail.publish(this.#taken.events)
    this.#taken = undefined
  }

  fence(): void {
    this.#isFenced = true
    this.#taken = undefined
    this.#pending = []
    this.#hooks.fenced()
  }

  /** An event that the ending transaction has stored itself. */
  publishStored(event: NumberedEvent): void {
    this.#lastNumber = event.number
    this.#hooks.tail.publish([event])
    this.#hooks.ended()
  }

  [Symbol.dispose](): void {
    this.#hooks.close(this)
  }
}
