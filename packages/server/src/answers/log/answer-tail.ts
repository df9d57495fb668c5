import type { NumberedEvent, ReadEvent } from './answer-event.ts'

/** Events kept for live readers, about a quarter of a minute; a reader further behind reads the database. */
const maxBuffered = 512
/** And as many characters: a model that says much at once fills no memory. */
const maxBufferedLength = 1_000_000
/** Events handed to a reader at once, so that one who is behind never holds much. */
const maxBatch = 100

/** What the database said to a reader: events of the log, or how the answer ends where the log says nothing more. */
export type News =
  | { readonly type: 'logged'; readonly events: readonly NumberedEvent[]; readonly isAll: boolean }
  | { readonly type: 'ending'; readonly events: readonly ReadEvent[] }

interface Fetch {
  readonly position: number
  readonly version: number
  readonly news: Promise<News>
}

/**
 * The newest events of one answer on this node, shared by all its readers. Readers hold a position, not a queue, so a
 * slow one costs no memory; and however many there are, each wake-up costs one read of the database.
 */
export class AnswerTail {
  #events: NumberedEvent[] = []
  #length = 0
  /** Every event after this number, up to `last`, is buffered. */
  #base = 0
  #version = 0
  /** At this version the database had nothing that is not here. */
  #completeAt = -1
  #writers = 0
  #fetch: Fetch | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #waiting = new Set<TailReader>()

  get last(): number {
    return this.#base + this.#events.length
  }

  /** Moves at every publish or wake: a reader that saw an older one need not wait. */
  get version(): number {
    return this.#version
  }

  /** A writer on this node publishes every new event here, so readers need not ask the database for news. */
  get isLocal(): boolean {
    return this.#writers > 0
  }

  /** Nothing can have come since that the database would have to be asked for. */
  get isComplete(): boolean {
    return this.isLocal || this.#completeAt === this.#version
  }

  /** From now on a writer publishes here whatever follows `lastNumber`; the returned function ends that, once. */
  openWriter(lastNumber: number): () => void {
    if (this.last !== lastNumber) this.#startAfter(lastNumber)
    let isOpen = true
    this.#writers += 1
    this.wake()
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#writers -= 1
      this.wake()
    }
  }

  /** Adds consecutive events; those already here are dropped by number, and after a gap the buffer starts anew. */
  publish(events: readonly NumberedEvent[]): void {
    this.#add(events)
    this.wake()
  }

  #add(events: readonly NumberedEvent[]): void {
    const first = events[0]
    if (first === undefined) return
    if (this.#events.length === 0 || first.number > this.last + 1) this.#startAfter(first.number - 1)
    for (const event of events) {
      if (event.number <= this.last) continue
      this.#events.push(event)
      this.#length += lengthOf(event)
    }
    let surplus = Math.max(0, this.#events.length - maxBuffered)
    for (const event of this.#events.slice(0, surplus)) this.#length -= lengthOf(event)
    for (; this.#length > maxBufferedLength && surplus < this.#events.length; surplus++)
      this.#length -= lengthOf(this.#events[surplus])
    if (surplus > 0) this.#base += this.#events.splice(0, surplus).length
  }

  #startAfter(number: number): void {
    this.#events = []
    this.#length = 0
    this.#base = number
  }

  /** What follows `position`, a batch at most; `undefined` when this tail does not have all of it. */
  after(position: number): readonly NumberedEvent[] | undefined {
    if (position < this.#base) return undefined
    const from = position - this.#base
    return this.#events.slice(from, from + maxBatch)
  }

  /** Whether this number was given to an event that is buffered here. */
  has(number: number): boolean {
    return number > this.#base && number <= this.last
  }

  /** Asks the database, once for all readers that stand at the same place and know the same. */
  fetch(position: number, ask: () => Promise<News>): Promise<News> {
    const version = this.#version
    if (this.#fetch?.position === position && this.#fetch.version === version) return this.#fetch.news
    const news = ask()
      .then((answer) => {
        if (answer.type === 'logged' && !this.isLocal) this.#take(position, version, answer)
        return answer
      })
      .finally(() => {
        if (this.#fetch?.news === news) this.#fetch = undefined
      })
    this.#fetch = { position, version, news }
    return news
  }

  #take(position: number, version: number, { events, isAll }: { events: readonly NumberedEvent[]; isAll: boolean }) {
    if (position < this.last) return
    if (position > this.last) this.#startAfter(position)
    this.#add(events)
    if (isAll) this.#completeAt = version
    // Those who asked have it; who already waits has been told nothing yet.
    if (events.length > 0 && this.#waiting.size > 0) {
      this.wake()
      if (isAll && version === this.#version - 1) this.#completeAt = this.#version
    }
  }

  wake(): void {
    this.#version += 1
    clearTimeout(this.#timer)
    this.#timer = undefined
    const readers = [...this.#waiting]
    this.#waiting.clear()
    for (const reader of readers) reader.resume()
  }

  /** One timer for all: whoever waits is woken after `timeoutMs` at the latest. */
  addWaiting(reader: TailReader, timeoutMs: number): void {
    this.#waiting.add(reader)
    this.#timer ??= setTimeout(() => this.wake(), timeoutMs)
  }

  removeWaiting(reader: TailReader): void {
    this.#waiting.delete(reader)
    if (this.#waiting.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function lengthOf(read: NumberedEvent | undefined): number {
  return read?.event.type === 'text-delta' || read?.event.type === 'reasoning-delta' ? read.event.text.length : 0
}

/** One reader's place among those who wait. It listens to its signal once, not at every wait. */
export class TailReader {
  readonly #tail: AnswerTail
  readonly #signal: AbortSignal
  readonly #leave = () => {
    this.#tail.removeWaiting(this)
    this.resume()
  }
  #resolve: (() => void) | undefined

  constructor(tail: AnswerTail, signal: AbortSignal) {
    this.#tail = tail
    this.#signal = signal
    signal.addEventListener('abort', this.#leave)
  }

  /** Resolves once the version is no longer `seen`, after `timeoutMs` at the latest, or when the signal aborts. */
  wait(seen: number, timeoutMs: number): Promise<void> {
    if (this.#tail.version !== seen || this.#signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#tail.addWaiting(this, timeoutMs)
    })
  }

  resume(): void {
    this.#resolve?.()
    this.#resolve = undefined
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#leave)
    this.#leave()
  }
}
