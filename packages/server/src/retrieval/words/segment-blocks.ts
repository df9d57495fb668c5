import { ByteReader, ByteWriter } from '../packed-bytes.ts'

/**
 * A segment's terms in the order of their bytes, packed into blocks: each block is a row that is found by its first term.
 * Rows of a term each would cost some 100 bytes for every rare word, most of an index. With its key a block of this size
 * stays within a page of SQLite twice and below what PostgreSQL moves out of the row. A longer list is a block of its own.
 */
const maxBlockBytes = 1_750

export interface Block {
  /** The empty string for a segment's first block, so that a lookup of any term finds one. */
  readonly firstTerm: string
  readonly entries: Uint8Array
}

/** Takes terms in the order of their bytes and gives blocks as they fill up. */
export class BlockPacker {
  readonly #writer = new ByteWriter()
  #firstTerm = ''
  #previous: Uint8Array = new Uint8Array()

  add(term: Uint8Array, list: Uint8Array): Block | undefined {
    const isFull = this.#writer.length > 0 && this.#writer.length + term.length + list.length > maxBlockBytes
    const full = isFull ? this.finish() : undefined
    if (isFull) this.#firstTerm = Buffer.from(term).toString()
    const shared = countShared(this.#previous, term)
    this.#writer.writeNumber(shared)
    this.#writer.writeNumber(term.length - shared)
    this.#writer.writeBytes(term.subarray(shared))
    this.#writer.writeNumber(list.length)
    this.#writer.writeBytes(list)
    this.#previous = term
    return full
  }

  /** The block begun last; nothing when no term was added. */
  finish(): Block | undefined {
    if (this.#writer.length === 0) return undefined
    this.#previous = new Uint8Array()
    return { firstTerm: this.#firstTerm, entries: this.#writer.take() }
  }
}

function countShared(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length)
  let shared = 0
  while (shared < most && a[shared] === b[shared]) shared++
  return shared
}

/** Walks the terms of a block. */
export class BlockReader {
  readonly #reader: ByteReader
  readonly #term = Buffer.alloc(512)
  #termLength = 0
  list: Uint8Array = new Uint8Array()

  constructor(entries: Uint8Array) {
    this.#reader = new ByteReader(entries)
  }

  /** Moves on to the next term; false after the last. */
  next(): boolean {
    if (this.#reader.isAtEnd) return false
    const shared = this.#reader.readNumber()
    const rest = this.#reader.readBytes(this.#reader.readNumber())
    this.#term.set(rest, shared)
    this.#termLength = shared + rest.length
    this.list = this.#reader.readBytes(this.#reader.readNumber())
    return true
  }

  compareTo(term: Uint8Array): number {
    return this.#term.compare(term, 0, term.length, 0, this.#termLength)
  }

  /** A character for each byte of the term: such texts are in the order of the bytes, and quick to compare. */
  get key(): string {
    return this.#term.toString('latin1', 0, this.#termLength)
  }
}

/** The postings of a term in the block that would hold it. */
export function findInBlock(entries: Uint8Array, term: string): Uint8Array | undefined {
  const wanted = Buffer.from(term)
  const reader = new BlockReader(entries)
  while (reader.next()) {
    const order = reader.compareTo(wanted)
    if (order === 0) return reader.list
    if (order > 0) return undefined
  }
  return undefined
}

export function packTerms(lists: ReadonlyMap<string, Uint8Array>): Block[] {
  const packer = new BlockPacker()
  const terms = [...lists].map(([term, list]) => ({ term: Buffer.from(term), list }))
  // By bytes, as both databases compare; JavaScript's own order differs beyond the basic plane.
  terms.sort((a, b) => a.term.compare(b.term))
  const blocks = terms.flatMap(({ term, list }) => packer.add(term, list) ?? [])
  const last = packer.finish()
  return last === undefined ? blocks : [...blocks, last]
}
