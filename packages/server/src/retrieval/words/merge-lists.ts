import { forEachPosting, PostingListWriter } from './posting-list.ts'
import type { TermInput } from './term-queue.ts'

/** Where the passages of a segment go in the new one. */
export interface Moves {
  /** New ordinals by old ones; -1 for what was deleted. */
  readonly ordinals: Int32Array
  /** When all go on together: by how much. Those of several segments then never interleave. */
  readonly shift: number | undefined
}

/** Makes the postings of a term in several segments those of the new one. What it needs in between it uses again. */
export class ListMerger {
  readonly #moves: readonly Moves[]
  readonly #writer = new PostingListWriter()
  readonly #ordinals: number[] = []
  readonly #frequencies: number[] = []

  /** `moves` by the segments' places. */
  constructor(moves: readonly Moves[]) {
    this.#moves = moves
  }

  /** Nothing when all of the term's passages were deleted. */
  merge(inputs: readonly TermInput[]): Uint8Array | undefined {
    const isMoved = inputs.every(({ place }) => this.#moves[place]?.shift !== undefined)
    return isMoved ? this.#append(inputs) : this.#sort(inputs)
  }

  /** Copies them one behind the other. */
  #append(inputs: readonly TermInput[]): Uint8Array {
    const shiftOf = ({ place }: TermInput) => this.#moves[place]?.shift ?? 0
    const isInOrder = inputs.every((input, i) => i === 0 || shiftOf(input) > shiftOf(inputs[i - 1] ?? input))
    const ordered = isInOrder ? inputs : inputs.toSorted((a, b) => shiftOf(a) - shiftOf(b))
    for (const input of ordered) this.#writer.append(input.cursor.list, shiftOf(input))
    return this.#writer.take()
  }

  #sort(inputs: readonly TermInput[]): Uint8Array | undefined {
    const [ordinals, frequencies] = [this.#ordinals, this.#frequencies]
    ordinals.length = 0
    frequencies.length = 0
    for (const { cursor, place } of inputs) {
      const moved = this.#moves[place]?.ordinals
      forEachPosting(cursor.list, (old, frequency) => {
        const ordinal = moved?.[old] ?? -1
        if (ordinal < 0) return
        ordinals.push(ordinal)
        frequencies.push(frequency)
      })
    }
    if (ordinals.length === 0) return undefined
    const order = [...ordinals.keys()].sort((a, b) => at(ordinals, a) - at(ordinals, b))
    for (const place of order) this.#writer.add(at(ordinals, place), at(frequencies, place))
    return this.#writer.take()
  }
}

function at(numbers: readonly number[], place: number): number {
  return numbers[place] ?? 0
}
