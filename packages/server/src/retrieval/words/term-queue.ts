import TinyQueue from 'tinyqueue'
import type { Database } from '../../database/database.ts'
import type { Segment } from './segment.ts'
import { groupBySize, readSmallSegments, TermCursor } from './segment-walk-store.ts'

/** What a segment has of the term that is taken. */
export interface TermInput {
  readonly cursor: TermCursor
  /** Among the segments that are walked together. */
  readonly place: number
}

/** Walks the terms of several segments together, in the order of their bytes. */
export class TermQueue {
  readonly #heap = new TinyQueue<TermInput>([], byTerm)

  /** Segments of one project. */
  static async open(db: Database, segments: readonly Segment[]): Promise<TermQueue> {
    const queue = new TermQueue()
    const read = await readWhole(db, segments)
    await queue.advance(
      segments.map((segment, place) => ({ cursor: new TermCursor(db.query, segment, read.get(segment.id)), place })),
    )
    return queue
  }

  /** Those that have the next term, by place; undefined after the last. They stay out until they are moved on. */
  take(): { readonly key: string; readonly holding: readonly TermInput[] } | undefined {
    const key = this.#heap.peek()?.cursor.key
    if (key === undefined) return undefined
    const holding: TermInput[] = []
    for (let next = this.#heap.peek(); next?.cursor.key === key; next = this.#heap.peek()) {
      holding.push(next)
      this.#heap.pop()
    }
    return { key, holding }
  }

  /** Only now and then there is something to wait for. */
  advance(inputs: readonly TermInput[]): Promise<void> | undefined {
    const reading: Promise<void>[] = []
    for (const input of inputs) {
      const read = input.cursor.advance()
      if (read === undefined) this.#push(input)
      else reading.push(read.then(() => this.#push(input)))
    }
    return reading.length === 0 ? undefined : Promise.all(reading).then(() => undefined)
  }

  #push(input: TermInput): void {
    if (input.cursor.key !== undefined) this.#heap.push(input)
  }
}

/** The blocks of the small ones. */
async function readWhole(db: Database, segments: readonly Segment[]) {
  const read: Awaited<ReturnType<typeof readSmallSegments>> = new Map()
  for (const batch of groupBySize(segments).small) {
    for (const [id, blocks] of await readSmallSegments(db.query, batch)) read.set(id, blocks)
  }
  return read
}

function byTerm(a: TermInput, b: TermInput): number {
  const [key, other] = [a.cursor.key ?? '', b.cursor.key ?? '']
  if (key === other) return a.place - b.place
  return key < other ? -1 : 1
}
