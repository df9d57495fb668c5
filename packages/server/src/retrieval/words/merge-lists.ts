import { forEachPosting, PostingListWriter } from '../words/posting-list.ts'

/** One term's postings in several segments as those of the new one; nothing when all of its passages were deleted. */
export function mergeLists(
  inputs: readonly { readonly list: Uint8Array; readonly ordinals: Int32Array }[],
): Uint8Array | undefined {
  const postings: { ordinal: number; frequency: number }[] = []
  let last = -1
  let isInOrder = true
  for (const { list, ordinals } of inputs) {
    forEachPosting(list, (old, frequency) => {
      const ordinal = ordinals[old] ?? -1
      if (ordinal < 0) return
      if (ordinal < last) isInOrder = false
      last = ordinal
      postings.push({ ordinal, frequency })
    })
  }
  if (!isInOrder) postings.sort((a, b) => a.ordinal - b.ordinal)
  const writer = new PostingListWriter()
  for (const { ordinal, frequency } of postings) writer.add(ordinal, frequency)
  return postings.length === 0 ? undefined : writer.take()
}
