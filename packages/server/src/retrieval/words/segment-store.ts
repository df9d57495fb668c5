import { now, type Queryable, type Tx } from '../../database/database.ts'
import type { SegmentState } from '../../database/schema.ts'
import { type DocumentId, newId, type ProjectId, type SegmentId } from '../../ids.ts'
import type { PassageIndex } from '../prepare-document.ts'
import {
  analyserVersion,
  decodeRanges,
  encodeLengths,
  encodeRanges,
  type OrdinalRange,
  passagesVersion,
  type Segment,
} from './segment.ts'
import type { Block } from './segment-blocks.ts'

/** Some 180 KB: a few milliseconds on SQLite, whose writes hold the thread. */
const rowsPerInsert = 100

export interface SegmentRef {
  readonly projectId: ProjectId
  readonly id: SegmentId
}

export type NewSegment = Omit<Segment, 'gone'> & { readonly lengths: Uint8Array }

/** Where a document stands in a segment. */
export interface IndexedDocument {
  readonly documentId: DocumentId
  readonly base: number
  /** The number of its first passage. */
  readonly first: number
  readonly passageCount: number
  readonly tokenCount: number
  readonly language: string
}

export async function insertSegment(tx: Tx, segment: NewSegment): Promise<void> {
  await tx
    .insertInto('index_segments')
    .values({
      project_id: segment.projectId,
      id: segment.id,
      state: segment.state,
      version: segment.version,
      passages_version: segment.passagesVersion,
      size: segment.size,
      passage_count: segment.passageCount,
      token_count: segment.tokenCount,
      languages: JSON.stringify(segment.languages),
      gone: encodeRanges([]),
      lengths: segment.lengths,
      touched_at: now(),
    })
    .execute()
}

/** A segment to be written in several transactions; nobody searches it before it is finished. */
export async function beginSegment(
  tx: Tx,
  ref: SegmentRef,
  { version, passagesVersion: cutBy }: Pick<Segment, 'version' | 'passagesVersion'>,
): Promise<void> {
  const empty = { size: 0, passageCount: 0, tokenCount: 0, languages: {}, lengths: encodeLengths([]) }
  await insertSegment(tx, { ...ref, ...empty, state: 'building', version, passagesVersion: cutBy })
}

/** What was begun is whole now. */
export async function finishSegment(
  tx: Tx,
  { projectId, id }: SegmentRef,
  { gone, lengths, ...facts }: Pick<Segment, 'state' | 'size' | 'gone'> & SegmentCounts & { lengths: Uint8Array },
): Promise<void> {
  await tx
    .updateTable('index_segments')
    .set({
      state: facts.state,
      size: facts.size,
      passage_count: facts.passageCount,
      token_count: facts.tokenCount,
      languages: JSON.stringify(facts.languages),
      gone: encodeRanges(gone),
      lengths,
      touched_at: now(),
    })
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .execute()
}

export async function insertBlocks(tx: Tx, { projectId, id }: SegmentRef, blocks: readonly Block[]): Promise<void> {
  for (let from = 0; from < blocks.length; from += rowsPerInsert) {
    const rows = blocks.slice(from, from + rowsPerInsert)
    await tx
      .insertInto('index_blocks')
      .values(
        rows.map((block) => ({
          project_id: projectId,
          segment_id: id,
          first_term: block.firstTerm,
          entries: block.entries,
        })),
      )
      .execute()
  }
}

export async function insertIndexedDocuments(
  tx: Tx,
  { projectId, id }: SegmentRef,
  documents: readonly IndexedDocument[],
): Promise<void> {
  for (let from = 0; from < documents.length; from += rowsPerInsert) {
    const rows = documents.slice(from, from + rowsPerInsert).map((document) => ({
      project_id: projectId,
      segment_id: id,
      base: document.base,
      first: document.first,
      document_id: document.documentId,
      passage_count: document.passageCount,
      token_count: document.tokenCount,
      language: document.language,
    }))
    await tx.insertInto('index_documents').values(rows).execute()
  }
}

const segmentColumns = [
  'project_id as projectId',
  'id',
  'state',
  'version',
  'passages_version as passagesVersion',
  'size',
  'passage_count as passageCount',
  'token_count as tokenCount',
  'languages',
  'gone',
] as const

interface SegmentRow extends Omit<Segment, 'languages' | 'gone'> {
  readonly languages: string
  readonly gone: Uint8Array
}

function toSegment(row: SegmentRow): Segment {
  return { ...row, languages: JSON.parse(row.languages), gone: decodeRanges(row.gone) }
}

/** One statement: all of what is searched at one moment, with its statistics. */
export async function readSegments(db: Queryable, projectId: ProjectId, state: SegmentState): Promise<Segment[]> {
  const rows = await db
    .selectFrom('index_segments')
    .select(segmentColumns)
    .where('project_id', '=', projectId)
    .where('state', '=', state)
    .orderBy('id')
    .execute()
  return rows.map(toSegment)
}

export async function readSegmentSizes(
  db: Queryable,
  projectId: ProjectId,
  state: SegmentState,
): Promise<Pick<Segment, 'size' | 'passageCount'>[]> {
  return await db
    .selectFrom('index_segments')
    .select(['size', 'passage_count as passageCount'])
    .where('project_id', '=', projectId)
    .where('state', '=', state)
    .execute()
}

/**
 * Holds segments until the transaction ends, as they are now; those that were cleared away meanwhile are left out. An
 * update that changes nothing locks on both engines, always in one order.
 */
export async function lockSegments(tx: Tx, projectId: ProjectId, ids: readonly SegmentId[]): Promise<Segment[]> {
  const segments: Segment[] = []
  for (const id of ids.toSorted()) {
    const row = await tx
      .updateTable('index_segments')
      .set((eb) => ({ size: eb.ref('size') }))
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .returning(segmentColumns)
      .executeTakeFirst()
    if (row !== undefined) segments.push(toSegment(row))
  }
  return segments
}

/** What still lives in a segment. */
export type SegmentCounts = Pick<Segment, 'passageCount' | 'tokenCount' | 'languages'>

export async function markGone(
  tx: Tx,
  { projectId, id }: SegmentRef,
  gone: readonly OrdinalRange[],
  counts: SegmentCounts,
): Promise<void> {
  await tx
    .updateTable('index_segments')
    .set({
      gone: encodeRanges(gone),
      passage_count: counts.passageCount,
      token_count: counts.tokenCount,
      languages: JSON.stringify(counts.languages),
    })
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .execute()
}

/** With their blocks and their lists of documents, by their foreign keys: for small ones. */
export async function deleteSegments(tx: Tx, projectId: ProjectId, ids: readonly SegmentId[]): Promise<void> {
  await tx.deleteFrom('index_segments').where('project_id', '=', projectId).where('id', 'in', ids).execute()
}

export async function retireSegments(tx: Tx, projectId: ProjectId, ids: readonly SegmentId[]): Promise<void> {
  await tx
    .updateTable('index_segments')
    .set({ state: 'retired', touched_at: now() })
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
    .execute()
}

export async function removeIndexedDocuments(
  tx: Tx,
  { projectId, id }: SegmentRef,
  bases: readonly number[],
): Promise<void> {
  if (bases.length === 0) return
  await tx
    .deleteFrom('index_documents')
    .where('project_id', '=', projectId)
    .where('segment_id', '=', id)
    .where('base', 'in', bases)
    .execute()
}

/** Says that a segment is still being written to, and holds it; false when it was cleared away or retired. */
export async function touchSegment(tx: Tx, { projectId, id }: SegmentRef): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('index_segments')
    .set({ touched_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .where('state', '=', 'building')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Has what was begun of a document's segment cleared away; one that is shared with others stays. */
export async function retireSegmentsOf(tx: Tx, projectId: ProjectId, documentId: DocumentId): Promise<SegmentRef[]> {
  const rows = await tx
    .updateTable('index_segments')
    .set({ state: 'retired', touched_at: now() })
    .where('project_id', '=', projectId)
    .where('state', '=', 'building')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('index_documents')
        .select('segment_id')
        .where('project_id', '=', projectId)
        .where('document_id', '=', documentId),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => ({ projectId, id }))
}

/** A segment of one document, in the transaction that stores it. */
export async function insertDocumentSegment(
  tx: Tx,
  document: Pick<IndexedDocument, 'documentId' | 'language' | 'first' | 'passageCount'> & {
    readonly projectId: ProjectId
  },
  { blocks, lengths, tokenCount }: PassageIndex,
  state: SegmentState,
): Promise<void> {
  const { projectId, language, passageCount } = document
  const ref = { projectId, id: newId<SegmentId>() }
  const counts = { size: passageCount, passageCount, tokenCount, languages: { [language]: passageCount } }
  await insertSegment(tx, { ...ref, ...counts, state, version: analyserVersion, passagesVersion, lengths })
  await insertBlocks(tx, ref, blocks)
  await insertIndexedDocuments(tx, ref, [{ ...document, base: 0, tokenCount }])
}
