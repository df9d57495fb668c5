/** Items in their order, so many together. */
export function* inGroups<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = []
  for (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Items in their order, as many in a batch as together cost no more than 1; one that costs more is alone. */
export function batchesOf<T>(items: readonly T[], costOf: (item: T) => number): T[][] {
  const batches: T[][] = []
  let left = 0
  for (const item of items) {
    const cost = costOf(item)
    if (cost > left) {
      batches.push([])
      left = 1
    }
    batches.at(-1)?.push(item)
    left -= cost
  }
  return batches
}
