import type { NumberedEvent } from './answer-event.ts'

/** Events kept for live readers; a reader further behind reads the database. */
const maxBuffered = 2_000

/**
 * The newest events of one answer on this node, shared by all its readers. Readers hold a position, not a queue, so a
 * slow one costs no memory.
 */
export class AnswerTail {
  #events: NumberedEvent[] = []
  /** Every event after this number, up to `last`, is buffered. */
  #base = 0
  readonly #waiting = new Set<() => void>()
  /** A writer on this node publishes every new event here, so readers need not ask the database for news. */
  isLocal = false
  /** Moves at every publish or wake: a reader that saw an older one need not wait. */
  version = 0
  /** The read of the database under way, shared by readers at the same position. */
  fetching: { readonly position: number; readonly events: Promise<readonly NumberedEvent[]> } | undefined

  get last(): number {
    return this.#base + this.#events.length
  }

  /** Adds consecutive events; those already here are dropped by number, and after a gap the buffer starts anew. */
  publish(events: readonly NumberedEvent[]): void {
    const first = events[0]
    if (first === undefined) return
    if (this.#events.length === 0 || first.number > this.last + 1) this.startAfter(first.number - 1)
    this.#events.push(...events.filter((event) => event.number > this.last))
    if (this.#events.length > maxBuffered)
      this.#base += this.#events.splice(0, this.#events.length - maxBuffered).length
    this.wake()
  }

  /** Forgets what is buffered: the next event published is `number + 1`. */
  startAfter(number: number): void {
    this.#events = []
    this.#base = number
  }

  /** What follows `after`; `undefined` when this tail does not have all of it. */
  after(after: number): readonly NumberedEvent[] | undefined {
    return after < this.#base ? undefined : this.#events.slice(after - this.#base)
  }

  wake(): void {
    this.version += 1
    for (const resolve of [...this.#waiting]) resolve()
  }

  /** Resolves once `version` is no longer `seen`, after `timeoutMs`, or when the signal aborts; never rejects. */
  wait(seen: number, signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (this.version !== seen || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      signal.addEventListener('abort', done)
      this.#waiting.add(done)
    })
  }
}
