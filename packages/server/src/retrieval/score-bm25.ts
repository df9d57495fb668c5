import type { PassagePlace } from './document-store.ts'
import { EntryReader } from './posting-entries.ts'
import type { Posting } from './posting-store.ts'

const k1 = 1.2
const b = 0.75
/** How long scoring may hold the thread before others get their turn. */
const maxBlockMs = 5

export interface ScoredPlace extends PassagePlace {
  readonly score: number
}

/** Never negative, and finite for a term that no passage holds. */
export function inverseDocumentFrequency(passageCount: number, holdingTerm: number): number {
  return Math.log(1 + (passageCount - holdingTerm + 0.5) / (holdingTerm + 0.5))
}

/** A term once in a passage of mean length scores its inverse document frequency; often in a short one, up to this times it. */
export const maxTermFactor = k1 + 1

/**
 * The `limit` best passages by BM25, best first, ties by document and number. Terms weigh as often as the query has
 * them. The sums are made in the order of `queryTerms`, so that every engine gives the same digits.
 */
export async function scorePassages(
  queryTerms: ReadonlyMap<string, number>,
  postings: ReadonlyMap<string, readonly Posting[]>,
  statistics: { readonly passageCount: number; readonly tokenCount: number },
  limit: number,
): Promise<{ places: ScoredPlace[]; termWeights: Map<string, number> }> {
  const slots = layOut(postings)
  const scores = new Float64Array(slots.size)
  const termWeights = new Map<string, number>()
  const meanLength = statistics.tokenCount / Math.max(1, statistics.passageCount)
  const reader = new EntryReader()
  let since = performance.now()
  for (const [term, queryFrequency] of queryTerms) {
    const documents = postings.get(term) ?? []
    let holding = 0
    for (const { entries } of documents) {
      reader.open(entries)
      holding += reader.count
    }
    // A document may have come or gone between the reads; more than all is never right.
    const weight = inverseDocumentFrequency(Math.max(statistics.passageCount, holding), holding)
    termWeights.set(term, weight)
    const factor = weight * queryFrequency * maxTermFactor
    for (const { documentId, entries } of documents) {
      const base = slots.bases.get(documentId) ?? 0
      reader.open(entries)
      for (let i = 0; i < reader.count; i++) {
        reader.next()
        const { number, frequency, length } = reader
        const slot = base + number
        scores[slot] =
          (scores[slot] ?? 0) + (factor * frequency) / (frequency + k1 * (1 - b + (b * length) / meanLength))
      }
      if (performance.now() - since > maxBlockMs) {
        await new Promise(setImmediate)
        since = performance.now()
      }
    }
  }
  return { places: takeBest(scores, slots.bases, limit), termWeights }
}

/** One place in an array for every passage of every document found: documents side by side, passages by number. */
function layOut(postings: ReadonlyMap<string, readonly Posting[]>) {
  const sizes = new Map<Posting['documentId'], number>()
  const reader = new EntryReader()
  for (const documents of postings.values()) {
    for (const { documentId, entries } of documents) {
      reader.open(entries)
      sizes.set(documentId, Math.max(sizes.get(documentId) ?? 0, reader.lastNumber + 1))
    }
  }
  const bases = new Map<Posting['documentId'], number>()
  let size = 0
  // By id, so that equal scores come in the same order everywhere.
  for (const documentId of [...sizes.keys()].sort()) {
    bases.set(documentId, size)
    size += sizes.get(documentId) ?? 0
  }
  return { bases, size }
}

function takeBest(
  scores: Float64Array,
  bases: ReadonlyMap<Posting['documentId'], number>,
  limit: number,
): ScoredPlace[] {
  const best: { slot: number; score: number }[] = []
  for (let slot = 0; slot < scores.length; slot++) {
    const score = scores[slot] ?? 0
    if (score === 0 || (best.length === limit && score <= (best.at(-1)?.score ?? 0))) continue
    let at = best.length
    while (at > 0 && (best[at - 1]?.score ?? 0) < score) at--
    best.splice(at, 0, { slot, score })
    if (best.length > limit) best.pop()
  }
  const documents = [...bases]
  return best.map(({ slot, score }) => {
    const [documentId, base] = lastAtOrBefore(documents, slot)
    return { documentId, number: slot - base, score }
  })
}

function lastAtOrBefore<T>(sorted: readonly (readonly [T, number])[], slot: number): readonly [T, number] {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle]?.[1] ?? 0) <= slot) low = middle
    else high = middle - 1
  }
  const found = sorted[low]
  if (found === undefined) throw new RangeError('a score without a document')
  return found
}
