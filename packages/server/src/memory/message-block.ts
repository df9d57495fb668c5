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
 * hashes (each as the distance from the one before), each with the turns that have it and how often. All as varints:
 * some 10 KB for 64 messages of 100 words.
 */
export function encodeBlock(number: number, turns: readonly IndexedTurn[]): Uint8Array {
  const bytes: number[] = []
  const write = (value: number) => {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
    bytes.push(rest)
  }
  write(turns.length)
  for (const { position, length } of turns) {
    write(position - number * positionsPerBlock)
    write(length)
  }
  const holders = new Map<number, [turn: number, count: number][]>()
  for (const [turn, { words }] of turns.entries()) {
    for (const [word, count] of words) {
      const list = holders.get(word) ?? []
      holders.set(word, list)
      list.push([turn, count])
    }
  }
  write(holders.size)
  let previous = 0
  for (const [word, list] of [...holders].sort(([a], [b]) => a - b)) {
    write(word - previous)
    write(list.length)
    for (const [turn, count] of list) {
      write(turn)
      write(count)
    }
    previous = word
  }
  return Uint8Array.from(bytes)
}

/** The turns of a block with the wanted words only. */
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
  const turns = Array.from({ length: read() }, () => ({
    position: number * positionsPerBlock + read(),
    length: read(),
    words: new Map<number, number>(),
  }))
  let word = 0
  for (let left = read(); left > 0; left--) {
    word += read()
    const isWanted = wanted.has(word)
    for (let holders = read(); holders > 0; holders--) {
      const turn = read()
      const count = read()
      if (isWanted) turns[turn]?.words.set(word, count)
    }
  }
  return turns
}
