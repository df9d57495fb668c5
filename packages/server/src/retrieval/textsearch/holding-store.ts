import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import type { ProjectId, SegmentId } from '../../ids.ts'
import { countPostings } from '../words/posting-list.ts'
import { SegmentsReplaced } from '../words/read-postings.ts'
import type { Segment } from '../words/segment.ts'
import { findInBlock } from '../words/segment-blocks.ts'
import { segmentCacheOf } from '../words/segment-cache.ts'

/** A longer block holds one term alone, whose count of passages stands within the first bytes. */
const wholeUpTo = 2_048
const headBytes = 512

/**
 * In how many passages each term stands, by the segments' own count: without reading the lists, which for a common term
 * of a large project are most of what a search costs. What was deleted since the last merge is taken off by its share.
 * Throws `SegmentsReplaced`.
 */
export async function readHolding(
  db: Pick<Database, 'query'>,
  projectId: ProjectId,
  segments: readonly Segment[],
  terms: readonly string[],
): Promise<Map<string, number>> {
  const cache = segmentCacheOf(db)
  const countOf = (segment: Segment, term: string) => cache.get<Uint32Array>(keyOf(segment, term))?.[0]
  const missing = terms.filter((term) => segments.some((segment) => countOf(segment, term) === undefined))
  for (const { segment, term, head } of await readHeads(db, projectId, segments, missing)) {
    const [holder, wanted] = [segments[segment], missing[term]]
    if (head === null || holder === undefined || wanted === undefined) throw new SegmentsReplaced()
    const list = findInBlock(head, wanted)
    cache.set(keyOf(holder, wanted), Uint32Array.of(list === undefined ? 0 : countPostings(list)))
  }
  return new Map(
    terms.map((term) => {
      const counts = segments.map(
        (segment) => ((countOf(segment, term) ?? 0) * segment.passageCount) / Math.max(1, segment.size),
      )
      return [term, Math.round(counts.reduce((sum, count) => sum + count, 0))]
    }),
  )
}

function keyOf({ id }: Segment, term: string): string {
  return `${id}/${term}/count`
}

interface BlockHead {
  readonly segment: number
  readonly term: number
  readonly head: Uint8Array | null
}

async function readHeads(
  { query }: Pick<Database, 'query'>,
  projectId: ProjectId,
  segments: readonly Segment[],
  terms: readonly string[],
): Promise<BlockHead[]> {
  if (terms.length === 0) return []
  const ids: SegmentId[] = segments.map(({ id }) => id)
  const { rows } = await sql<BlockHead>`
    select wanted_segment.place - 1 as segment, wanted_term.place - 1 as term,
      (select case when octet_length(block.entries) <= ${wholeUpTo}::integer then block.entries
          else substring(block.entries from 1 for ${headBytes}::integer) end
        from index_blocks block
        where block.project_id = ${projectId} and block.segment_id = wanted_segment.value
          and block.first_term <= wanted_term.value
        order by block.first_term desc limit 1) as head
    from unnest(${ids}::text[]) with ordinality wanted_segment (value, place)
    cross join unnest(${terms}::text[]) with ordinality wanted_term (value, place)`.execute(query)
  return rows
}
