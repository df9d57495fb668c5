import type { Queryable } from '../../database/database.ts'
import type { ProjectId, SegmentId } from '../../ids.ts'
import { batchesOf } from '../batches.ts'
import type { Segment } from './segment.ts'
import { BlockReader } from './segment-blocks.ts'
import type { IndexedDocument, SegmentRef } from './segment-store.ts'

const blocksPerRead = 64
const documentsPerRead = 1_000

const documentColumns = [
  'base',
  'first',
  'document_id as documentId',
  'passage_count as passageCount',
  'token_count as tokenCount',
  'language',
] as const

/** Read together: most segments are of one small document, and a statement for each would cost more than all else. */
const passagesPerRead = 512

/** The small ones, as many together as may be read at once, and those to be read bit by bit. */
export function groupBySize<S extends Pick<Segment, 'size'>>(segments: readonly S[]): { small: S[][]; large: S[] } {
  const isSmall = ({ size }: S) => size <= passagesPerRead
  const small = batchesOf(segments.filter(isSmall), ({ size }) => size / passagesPerRead)
  return { small, large: segments.filter((segment) => !isSmall(segment)) }
}

/** The documents of small segments of a project that are not deleted. */
export function listIndexedDocuments(
  db: Queryable,
  segments: readonly SegmentRef[],
): Promise<(IndexedDocument & { readonly segmentId: SegmentId })[]> {
  return db
    .selectFrom('index_documents')
    .select([...documentColumns, 'segment_id as segmentId'])
    .where('project_id', '=', projectOf(segments))
    .where('segment_id', 'in', idsOf(segments))
    .execute()
}

function projectOf([first]: readonly SegmentRef[]): ProjectId {
  if (first === undefined) throw new Error('No segment to read')
  return first.projectId
}

function idsOf(segments: readonly SegmentRef[]): SegmentId[] {
  return segments.map(({ id }) => id)
}

/** All blocks of small segments of a project, by segment, in the order of their terms. */
export async function readSmallSegments(
  db: Queryable,
  segments: readonly SegmentRef[],
): Promise<Map<SegmentId, StoredBlock[]>> {
  const rows = await db
    .selectFrom('index_blocks')
    .select(['segment_id', 'first_term', 'entries'])
    .where('project_id', '=', projectOf(segments))
    .where('segment_id', 'in', idsOf(segments))
    .orderBy('segment_id')
    .orderBy('first_term')
    .execute()
  return Map.groupBy(rows, ({ segment_id }) => segment_id)
}

interface StoredBlock {
  readonly first_term: string
  readonly entries: Uint8Array
}

/** The documents of a segment that are not deleted, by base. */
export async function* readIndexedDocuments(
  db: Queryable,
  { projectId, id }: SegmentRef,
): AsyncGenerator<IndexedDocument> {
  let after = -1
  for (;;) {
    const rows = await db
      .selectFrom('index_documents')
      .select(documentColumns)
      .where('project_id', '=', projectId)
      .where('segment_id', '=', id)
      .where('base', '>', after)
      .orderBy('base')
      .limit(documentsPerRead)
      .execute()
    yield* rows
    if (rows.length < documentsPerRead) return
    after = rows.at(-1)?.base ?? after
    await new Promise(setImmediate)
  }
}

/** Walks the terms of a segment in the order of their bytes. */
export class TermCursor {
  readonly #db: Queryable
  readonly #segment: SegmentRef
  #blocks: readonly StoredBlock[]
  #at = 0
  #reader: BlockReader | undefined
  #lastRead: string | undefined
  #isLastPage: boolean
  /** A character for each byte of the term, so that the order of texts is that of bytes; undefined after the last. */
  key: string | undefined = ''
  list: Uint8Array = new Uint8Array()

  /** With all blocks of the segment, when they were read already. */
  constructor(db: Queryable, segment: SegmentRef, blocks?: readonly StoredBlock[]) {
    this.#db = db
    this.#segment = segment
    this.#blocks = blocks ?? []
    this.#isLastPage = blocks !== undefined
  }

  /** Moves on to the next term; only now and then there is something to wait for. */
  advance(): Promise<void> | undefined {
    if (this.#reader?.next() === true) {
      this.key = this.#reader.key
      this.list = this.#reader.list
      return undefined
    }
    const block = this.#blocks[this.#at++]
    if (block !== undefined) {
      this.#reader = new BlockReader(block.entries)
      return this.advance()
    }
    if (!this.#isLastPage) return this.#readOn()
    this.key = undefined
    return undefined
  }

  async #readOn(): Promise<void> {
    const { projectId, id } = this.#segment
    const query = this.#db
      .selectFrom('index_blocks')
      .select(['first_term', 'entries'])
      .where('project_id', '=', projectId)
      .where('segment_id', '=', id)
      .orderBy('first_term')
      .limit(blocksPerRead)
    const last = this.#lastRead
    this.#blocks = await (last === undefined ? query : query.where('first_term', '>', last)).execute()
    this.#at = 0
    this.#isLastPage = this.#blocks.length < blocksPerRead
    this.#lastRead = this.#blocks.at(-1)?.first_term
    await this.advance()
  }
}
