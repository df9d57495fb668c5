import { type RawBuilder, sql } from 'kysely'
import type { Database, Engine, Queryable } from '../../database/database.ts'
import type { DocumentId, ProjectId, SegmentId } from '../../ids.ts'

type Searched = Pick<Database, 'engine' | 'query'>

/** A term's block in a segment, named by their places in what was asked; null when the segment has been cleared away. */
export interface FoundBlock {
  readonly segment: number
  readonly term: number
  readonly entries: Uint8Array | null
}

/** For every term in every segment the one block that holds the term if any does: each one step down the primary key. */
export function selectBlocks(
  { engine }: Pick<Database, 'engine'>,
  projectId: ProjectId,
  segments: readonly SegmentId[],
  terms: readonly string[],
): RawBuilder<FoundBlock> {
  return sql<FoundBlock>`select ${lists[engine](segments, terms)},
    (select block.entries from index_blocks block
      where block.project_id = ${projectId} and block.segment_id = wanted_segment.value
        and block.first_term <= wanted_term.value
      order by block.first_term desc limit 1) as entries
    from ${sources[engine](segments, terms)}`
}

const lists: Readonly<
  Record<Engine, (segments: readonly SegmentId[], terms: readonly string[]) => RawBuilder<unknown>>
> = {
  sqlite: () => sql`wanted_segment.key as segment, wanted_term.key as term`,
  postgres: () => sql`wanted_segment.place - 1 as segment, wanted_term.place - 1 as term`,
}

/** One text of the statement, however many are wanted. */
const sources: Readonly<
  Record<Engine, (segments: readonly SegmentId[], terms: readonly string[]) => RawBuilder<unknown>>
> = {
  sqlite: (segments, terms) =>
    sql`json_each(${JSON.stringify(segments)}) wanted_segment cross join json_each(${JSON.stringify(terms)}) wanted_term`,
  postgres: (segments, terms) =>
    sql`unnest(${segments}::text[]) with ordinality wanted_segment (value, place)
      cross join unnest(${terms}::text[]) with ordinality wanted_term (value, place)`,
}

export async function readBlocks(
  db: Searched,
  projectId: ProjectId,
  segments: readonly SegmentId[],
  terms: readonly string[],
): Promise<FoundBlock[]> {
  return (await selectBlocks(db, projectId, segments, terms).execute(db.query)).rows
}

export function selectLengths(db: Queryable, projectId: ProjectId, ids: readonly SegmentId[]) {
  return db
    .selectFrom('index_segments')
    .select(['id', 'lengths'])
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
}

export interface OrdinalPlace {
  readonly segmentId: SegmentId
  readonly ordinal: number
}

export interface DocumentAt extends OrdinalPlace {
  readonly documentId: DocumentId
  /** Of the document's first passage. */
  readonly base: number
  /** The number of that passage. */
  readonly first: number
}

/** Whose passages these are, in no order; those of deleted documents and of segments cleared away are left out. */
export async function readDocumentsAt(
  db: Searched,
  projectId: ProjectId,
  places: readonly OrdinalPlace[],
): Promise<DocumentAt[]> {
  if (places.length === 0) return []
  const { rows } = await selectDocumentsAt(db, projectId, places).execute(db.query)
  return rows
}

/** Each one step down the primary key. */
export function selectDocumentsAt(
  { engine }: Pick<Database, 'engine'>,
  projectId: ProjectId,
  places: readonly OrdinalPlace[],
): RawBuilder<DocumentAt> {
  return documentsAt[engine](projectId, places)
}

const documentsAt: Readonly<
  Record<Engine, (projectId: ProjectId, places: readonly OrdinalPlace[]) => RawBuilder<DocumentAt>>
> = {
  sqlite: (projectId, places) => {
    const pairs = JSON.stringify(places.map(({ segmentId, ordinal }) => [segmentId, ordinal]))
    return sql<DocumentAt>`
      select document.segment_id as "segmentId", place.ordinal as ordinal, document.document_id as "documentId",
        document.base as base, document.first as first
      from (select wanted.segment_id, wanted.ordinal, (select max(known.base) from index_documents known
          where known.project_id = ${projectId} and known.segment_id = wanted.segment_id
            and known.base <= wanted.ordinal) as base
        from (select json_extract(value, '$[0]') as segment_id, json_extract(value, '$[1]') as ordinal
          from json_each(${pairs})) wanted) place
      cross join index_documents document
      where document.project_id = ${projectId} and document.segment_id = place.segment_id
        and document.base = place.base and place.ordinal < document.base + document.passage_count`
  },
  // As a join it would be planned by reading every document of the project.
  postgres: (projectId, places) => sql<DocumentAt>`
    select wanted.segment_id as "segmentId", wanted.ordinal as ordinal, document.document_id as "documentId",
      document.base as base, document.first as first
    from unnest(${places.map(({ segmentId }) => segmentId)}::text[], ${places.map(({ ordinal }) => ordinal)}::bigint[])
      wanted (segment_id, ordinal)
    cross join lateral (select known.document_id, known.base, known.first, known.passage_count from index_documents known
      where known.project_id = ${projectId} and known.segment_id = wanted.segment_id and known.base <= wanted.ordinal
      order by known.base desc limit 1) document
    where wanted.ordinal < document.base + document.passage_count`,
}
