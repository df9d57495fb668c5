import { ByteReader, ByteWriter } from '../packed-bytes.ts'

/**
 * What a segment holds of one term. First in how many passages it stands; then for each, in order, its distance from the
 * one before, doubled, plus one when the term stands there once; otherwise how often follows. All as varints, so mostly
 * one byte a passage. A passage is known by its ordinal: its place among all of its segment.
 */
export class PostingListWriter {
  readonly #writer = new ByteWriter()
  #count = 0
  #last = 0

  add(ordinal: number, frequency: number): void {
    const distance = (ordinal - this.#last) * 2
    if (frequency === 1) this.#writer.writeNumber(distance + 1)
    else {
      this.#writer.writeNumber(distance)
      this.#writer.writeNumber(frequency)
    }
    this.#last = ordinal
    this.#count++
  }

  /** All postings of a list, each as much further on; they come after those that are there. */
  append(list: Uint8Array, shift: number): void {
    const reader = new ByteReader(list)
    const count = reader.readNumber()
    if (count === 0) return
    const first = reader.readNumber()
    let ordinal = first >>> 1
    this.add(ordinal + shift, (first & 1) === 1 ? 1 : reader.readNumber())
    // Distances stay as they are, so that the rest is copied.
    const rest = list.subarray(reader.position)
    while (!reader.isAtEnd) {
      const step = reader.readNumber()
      ordinal += step >>> 1
      if ((step & 1) === 0) reader.readNumber()
    }
    this.#writer.writeBytes(rest)
    this.#count += count - 1
    this.#last = ordinal + shift
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Hands out the list and begins anew. */
  take(): Uint8Array {
    const list = this.#writer.takeAfter(this.#count)
    this.#count = 0
    this.#last = 0
    return list
  }
}

/** In how many passages the term stands, without reading on. */
export function countPostings(list: Uint8Array): number {
  return new ByteReader(list).readNumber()
}

export function forEachPosting(list: Uint8Array, visit: (ordinal: number, frequency: number) => void): void {
  const reader = new ByteReader(list)
  reader.readNumber()
  let ordinal = 0
  while (!reader.isAtEnd) {
    const step = reader.readNumber()
    ordinal += step >>> 1
    visit(ordinal, (step & 1) === 1 ? 1 : reader.readNumber())
  }
}
