import { forEachPosting, PostingListWriter } from './posting-list.ts'

interface MovedList {
  readonly list: Uint8Array
  /** New ordinals by old ones; -1 for what was deleted. */
  readonly ordinals: Int32Array
}

/** Makes the postings of a term in several segments those of the new one. What it needs in between it uses again. */
export class ListMerger {
  readonly #writer = new PostingListWriter()
  readonly #ordinals: number[] = []
  readonly #frequencies: number[] = []

  /** Nothing when all of the term's passages were deleted. */
  merge(inputs: readonly MovedList[]): Uint8Array | undefined {
    const [ordinals, frequencies] = [this.#ordinals, this.#frequencies]
    ordinals.length = 0
    frequencies.length = 0
    let isInOrder = true
    for (const { list, ordinals: moved } of inputs) {
      forEachPosting(list, (old, frequency) => {
        const ordinal = moved[old] ?? -1
        if (ordinal < 0) return
        if (ordinal < (ordinals.at(-1) ?? -1)) isInOrder = false
        ordinals.push(ordinal)
        frequencies.push(frequency)
      })
    }
    if (ordinals.length === 0) return undefined
    const order = isInOrder ? ordinals.keys() : [...ordinals.keys()].sort((a, b) => at(ordinals, a) - at(ordinals, b))
    for (const place of order) this.#writer.add(at(ordinals, place), at(frequencies, place))
    return this.#writer.take()
  }
}

function at(numbers: readonly number[], place: number): number {
  return numbers[place] ?? 0
}
