import type { Database } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import { pause } from '../pause.ts'
import { forEachPosting } from './posting-list.ts'
import type { ScoredSegment, SegmentPostings } from './score-bm25.ts'
import type { Segment } from './segment.ts'
import { readIndexedDocuments } from './segment-walk-store.ts'

/** Leaves the scores of passages that have all terms of one of these sets, and takes those of the others. */
export async function keepHolding(
  scored: readonly ScoredSegment[],
  postings: readonly SegmentPostings[],
  sets: readonly ReadonlySet<string>[],
): Promise<void> {
  for (const [at, { scores }] of scored.entries()) {
    const isKept = new Uint8Array(scores.length)
    for (const terms of sets) {
      const held = new Uint16Array(scores.length)
      for (const term of terms) {
        const list = postings[at]?.lists.get(term)
        if (list !== undefined) {
          forEachPosting(list, (ordinal) => {
            held[ordinal] = (held[ordinal] ?? 0) + 1
          })
        }
        await pause()
      }
      for (const [ordinal, count] of held.entries()) if (count === terms.size) isKept[ordinal] = 1
    }
    for (const [ordinal, kept] of isKept.entries()) if (kept === 0) scores[ordinal] = 0
    await pause()
  }
}

/** Leaves the scores of passages of these documents. */
export async function keepDocuments(
  db: Pick<Database, 'query'>,
  segments: readonly Segment[],
  scored: readonly ScoredSegment[],
  documents: ReadonlySet<DocumentId>,
): Promise<void> {
  for (const segment of segments) {
    const scores = scored.find(({ id }) => id === segment.id)?.scores
    if (scores === undefined) continue
    let kept = 0
    for await (const { documentId, base, passageCount } of readIndexedDocuments(db.query, segment)) {
      if (!documents.has(documentId)) continue
      scores.fill(0, kept, base)
      kept = base + passageCount
    }
    scores.fill(0, kept)
  }
}
