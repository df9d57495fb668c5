import type { Segment } from './segment.ts'

/** Segments of about one size before they become one: of 8 times as many passages. */
const segmentsPerTier = 8
/** Larger ones are not made: a merge takes seconds, and 1,000,000 passages are a dozen segments. */
export const maxMergedPassages = 131_072
const maxInputs = 64
/** A segment of which this share is deleted is written anew. */
const maxGoneShare = 0.2

type Sized = Pick<Segment, 'size' | 'passageCount'>

/**
 * Which segments to make into one now, if any. Small ones are gathered by size, so that a passage is written again once
 * for each factor of eight that its project grows by, and a search visits a few dozen segments at most.
 */
export function planMerge<S extends Sized>(segments: readonly S[]): S[] | undefined {
  const small = segments
    .filter(({ passageCount }) => passageCount <= maxMergedPassages / 2)
    .sort((a, b) => a.passageCount - b.passageCount)
  const perTier = new Map<number, number>()
  let crowded: number | undefined
  for (const segment of small) {
    const count = (perTier.get(tierOf(segment)) ?? 0) + 1
    perTier.set(tierOf(segment), count)
    if (count === segmentsPerTier) crowded = tierOf(segment)
  }
  const gathered = takeWithin(crowded === undefined ? [] : small.filter((segment) => tierOf(segment) <= crowded))
  if (gathered.length > 1) return gathered
  const worn = segments.find(({ size, passageCount }) => size - passageCount > size * maxGoneShare)
  return worn === undefined ? undefined : [worn]
}

function tierOf({ passageCount }: Sized): number {
  return Math.floor(Math.log(Math.max(1, passageCount)) / Math.log(segmentsPerTier))
}

/** The smallest ones that fit into one together. */
function takeWithin<S extends Sized>(ascending: readonly S[]): S[] {
  const taken: S[] = []
  let passages = 0
  for (const segment of ascending) {
    passages += segment.passageCount
    if (passages > maxMergedPassages || taken.length === maxInputs) break
    taken.push(segment)
  }
  return taken
}
