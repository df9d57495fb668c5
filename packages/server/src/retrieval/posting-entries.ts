/**
 * The `entries` of one term in one document: how many passages hold it, the number of the last of them, then for each,
 * in order, the passage number as its distance from the one before, how often the term occurs in it, and the passage's
 * length in terms. All as varints (seven bits a byte, the lowest first), so three or four bytes a passage.
 */
export interface PassageEntry {
  readonly number: number
  readonly frequency: number
  readonly length: number
}

export function encodeEntries(entries: readonly PassageEntry[]): Uint8Array {
  const bytes: number[] = []
  const write = (value: number) => {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
    bytes.push(rest)
  }
  write(entries.length)
  write(entries.at(-1)?.number ?? 0)
  let previous = 0
  for (const { number, frequency, length } of entries) {
    write(number - previous)
    write(frequency)
    write(length)
    previous = number
  }
  return Uint8Array.from(bytes)
}

/** Reads varints from entries; one object is reused over many, since a search reads hundreds of thousands. */
export class EntryReader {
  #bytes: Uint8Array = new Uint8Array()
  #position = 0
  /** Passages that hold the term. */
  count = 0
  /** The greatest of their numbers. */
  lastNumber = 0
  number = 0
  frequency = 0
  length = 0

  open(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#position = 0
    this.count = this.#read()
    this.lastNumber = this.#read()
    this.number = 0
  }

  /** Moves on to the next passage; call it `count` times. */
  next(): void {
    this.number += this.#read()
    this.frequency = this.#read()
    this.length = this.#read()
  }

  #read(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#position++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
}
