import type { Database, Engine } from '../../database/database.ts'
import type { ProjectId, SegmentId } from '../../ids.ts'
import type { SegmentPostings } from './score-bm25.ts'
import { decodeLengths, type PassageLengths, type Segment } from './segment.ts'
import { findInBlock } from './segment-blocks.ts'
import { type SegmentCache, segmentCacheOf } from './segment-cache.ts'
import { readBlocks, selectLengths } from './segment-lookup-store.ts'

type Searched = Pick<Database, 'engine' | 'query'>

const absent = new Uint8Array()

/** Passages that one statement reads the lists of, at most: SQLite's reads hold the thread, PostgreSQL's do not. */
const passagesPerRead: Readonly<Record<Engine, number>> = { sqlite: 200_000, postgres: Number.POSITIVE_INFINITY }

/** A segment that is being searched was replaced and cleared away: whoever searches begins anew and finds the same. */
export class SegmentsReplaced extends Error {
  override readonly name = 'SegmentsReplaced'
}

/** What some segments hold of some terms; what is not known already is read. Throws `SegmentsReplaced`. */
export async function readPostings(
  db: Searched,
  projectId: ProjectId,
  segments: readonly Segment[],
  terms: readonly string[],
): Promise<SegmentPostings[]> {
  const cache = segmentCacheOf(db)
  const withTerms = segments.filter(({ tokenCount }) => tokenCount > 0)
  const lengths = await readLengths(db, cache, projectId, withTerms)
  const lists = await readLists(db, cache, projectId, withTerms, terms)
  return withTerms.flatMap((segment) => {
    const own = lengths.get(segment.id)
    return own === undefined ? [] : [{ segment, lengths: own, lists: lists.get(segment.id) ?? new Map() }]
  })
}

async function readLengths(
  db: Searched,
  cache: SegmentCache,
  projectId: ProjectId,
  segments: readonly Segment[],
): Promise<Map<SegmentId, PassageLengths>> {
  const lengths = new Map<SegmentId, PassageLengths>()
  const missing = new Map<SegmentId, number>()
  for (const { id, size } of segments) {
    const known = cache.get<PassageLengths>(id)
    if (known === undefined) missing.set(id, size)
    else lengths.set(id, known)
  }
  if (missing.size === 0) return lengths
  const rows = await selectLengths(db.query, projectId, [...missing.keys()]).execute()
  for (const row of rows) {
    const decoded = decodeLengths(row.lengths, missing.get(row.id) ?? 0)
    cache.set(row.id, decoded)
    lengths.set(row.id, decoded)
  }
  if (rows.length < missing.size) throw new SegmentsReplaced()
  return lengths
}

type Lists = Map<SegmentId, Map<string, Uint8Array>>

async function readLists(
  db: Searched,
  cache: SegmentCache,
  projectId: ProjectId,
  segments: readonly Segment[],
  terms: readonly string[],
): Promise<Lists> {
  const lists: Lists = new Map(segments.map(({ id }) => [id, new Map()]))
  const missing: string[] = []
  for (const term of terms) {
    const known = segments.map(({ id }) => cache.get<Uint8Array>(keyOf(id, term)))
    if (known.includes(undefined)) missing.push(term)
    else for (const [at, { id }] of segments.entries()) keep(lists, id, term, known[at] ?? absent)
  }
  const size = segments.reduce((sum, segment) => sum + segment.size, 0)
  const perRead = Math.max(1, Math.floor(passagesPerRead[db.engine] / Math.max(1, size)))
  for (let from = 0; from < missing.length; from += perRead) {
    const portion = missing.slice(from, from + perRead)
    const blocks = await readBlocks(
      db,
      projectId,
      segments.map(({ id }) => id),
      portion,
    )
    for (const { segment, term, entries } of blocks) {
      const [id, wanted] = [segments[segment]?.id, portion[term]]
      if (entries === null || id === undefined || wanted === undefined) throw new SegmentsReplaced()
      // Copied out of its block, which need not be kept for it.
      const list = copyOf(findInBlock(entries, wanted))
      cache.set(keyOf(id, wanted), list)
      keep(lists, id, wanted, list)
    }
    if (from + perRead < missing.length) await new Promise(setImmediate)
  }
  return lists
}

function keep(lists: Lists, id: SegmentId, term: string, list: Uint8Array): void {
  if (list.length > 0) lists.get(id)?.set(term, list)
}

function keyOf(id: SegmentId, term: string): string {
  return `${id}/${term}`
}

function copyOf(list: Uint8Array | undefined): Uint8Array {
  return list === undefined ? absent : new Uint8Array(list)
}
