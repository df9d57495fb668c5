import type { Egress } from '../../egress/egress.ts'

export type WayOut = Pick<Egress, 'fetchWithin'>
export type Fetch = ReturnType<WayOut['fetchWithin']>

/** For answers that are held whole: a host that users name must not be able to fill the memory. */
export function fetchAnswers(egress: WayOut): Fetch {
  return egress.fetchWithin({ timeoutMs: 60_000, maxBytes: 32_000_000 })
}

/** For files, which go straight to the disk, where they are counted. */
export function fetchFiles(egress: WayOut): Fetch {
  return egress.fetchWithin({ timeoutMs: 1_800_000, maxBytes: Number.POSITIVE_INFINITY })
}
