/** Positions of a chat that one block covers: `number` n has those from 64 n on. */
export const positionsPerBlock = 64

/** A message as it is searched for: how often it has which words. */
export interface IndexedTurn {
  readonly position: number
  /** Words of it, repetitions too. */
  readonly length: number
  /** By the hash of the word. */
  readonly words: ReadonlyMap<number, number>
}

export function blockOf(position: number): number {
  return Math.floor(position / positionsPerBlock)
}

/** FNV-1a. Two words of a block share one once in some million blocks, and then one message too many is found. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/**
 * The turns of a block: how many, for each its place in the block and its length, then the words in the order of their
 * hashes (each as the distance from the one before), each with how many bytes follow for it: the turns that have it and
 * how often. All as varints: some 15 KB for 64 messages of 100 words.
 */
export function encodeBlock(number: number, turns: readonly IndexedTurn[]): Uint8Array {
  const holders = new Map<number, number[]>()
  for (const [turn, { words }] of turns.entries()) {
    for (const [word, count] of words) {
      const list = holders.get(word) ?? []
      holders.set(word, list)
      writeNumber(list, turn)
      writeNumber(list, count)
    }
  }
  const bytes: number[] = []
  writeNumber(bytes, turns.length)
  for (const { position, length } of turns) {
    writeNumber(bytes, position - number * positionsPerBlock)
    writeNumber(bytes, length)
  }
  writeNumber(bytes, holders.size)
  let previous = 0
  for (const [word, list] of [...holders].sort(([a], [b]) => a - b)) {
    writeNumber(bytes, word - previous)
    writeNumber(bytes, list.length)
    for (const byte of list) bytes.push(byte)
    previous = word
  }
  return Uint8Array.from(bytes)
}

function writeNumber(bytes: number[], value: number): void {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
}

const nothing: ReadonlyMap<number, number> = new Map()

/** The turns of a block with the wanted words only; all others are skipped unread. */
export function decodeBlock(number: number, bytes: Uint8Array, wanted: ReadonlySet<number>): IndexedTurn[] {
  let at = 0
  const read = () => {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  const count = read()
  const places = Array.from({ length: count }, () => ({
    position: number * positionsPerBlock + read(),
    length: read(),
  }))
  const found = new Map<number, Map<number, number>>()
  let word = 0
  for (let left = read(); left > 0; left--) {
    word += read()
    const end = read() + at
    while (wanted.has(word) && at < end) {
      const turn = read()
      const words = found.get(turn) ?? new Map<number, number>()
      found.set(turn, words.set(word, read()))
    }
    at = end
  }
  return places.map((place, turn) => ({ ...place, words: found.get(turn) ?? nothing }))
}
