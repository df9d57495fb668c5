/** Bytes that grow as they are written. Numbers (below 2 ** 32) are varints: seven bits a byte, the lowest first. */
export class ByteWriter {
  #bytes = new Uint8Array(32)
  #length = 0

  get length(): number {
    return this.#length
  }

  writeNumber(value: number): void {
    this.#reserve(5)
    this.#length = putNumber(this.#bytes, this.#length, value)
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Hands out what was written and begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** The same, behind a number. */
  takeAfter(number: number): Uint8Array {
    const taken = new Uint8Array(sizeOfNumber(number) + this.#length)
    taken.set(this.#bytes.subarray(0, this.#length), putNumber(taken, 0, number))
    this.#length = 0
    return taken
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** Returns where the next begins. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let end = at
  for (; rest >= 0x80; rest >>>= 7) bytes[end++] = (rest & 0x7f) | 0x80
  bytes[end++] = rest
  return end
}

function sizeOfNumber(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest >>>= 7) size++
  return size
}

export class ByteReader {
  readonly #bytes: Uint8Array
  position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.position >= this.#bytes.length
  }

  readNumber(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.position++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  /** A view of the bytes, not a copy. */
  readBytes(length: number): Uint8Array {
    this.position += length
    return this.#bytes.subarray(this.position - length, this.position)
  }
}
