/** Passages whose text one search may read. */
const maxLookedAt = 5_000
const placesPerPick = 100

interface Picking<P> {
  readonly limit: number
  /** The best so many, best first; fewer when there are no more. */
  readonly takeBest: (count: number) => Promise<readonly P[]>
  /** Those that pass, in their order. */
  readonly pick: (places: readonly P[]) => Promise<readonly P[]>
}

/** Down the list until enough pass, or as many were looked at as one search may. */
export async function takePicked<P>({ limit, takeBest, pick }: Picking<P>): Promise<P[]> {
  const picked: P[] = []
  for (let seen = 0, wanted = limit * 2; ; wanted = Math.min(wanted * 4, maxLookedAt)) {
    const places = await takeBest(wanted)
    for (; seen < places.length && picked.length < limit; seen += placesPerPick) {
      picked.push(...(await pick(places.slice(seen, seen + placesPerPick))))
    }
    if (picked.length >= limit || places.length < wanted || wanted === maxLookedAt) return picked.slice(0, limit)
    seen = places.length
  }
}
