import { type RawBuilder, sql } from 'kysely'
import { type Database, inTransaction, type Queryable, type Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { PassageNumbers } from '../passage-filter.ts'
import type { EmbeddingSet, SetRef } from './embedding-set-store.ts'
import type { VectorQuery } from './vector-query.ts'

/**
 * Vectors of large projects once more, a row each, for pgvector's HNSW. The table is made when it is first needed, since
 * the extension may come after the migrations. It has `project_id` first in its key; each set's index covers that set
 * alone, so that a search meets no other project's vectors and needs no filter.
 */
const table = 'embedding_points'
/** pgvector indexes half-precision vectors up to this length. */
export const maxIndexedDimensions = 4_000
const maxEfSearch = 1_000
/**
 * Vectors that a scan with a wide filter goes through: of a million, the best 200 of 20,000 that pass lie among the
 * nearest 10,000 when what passes has nothing to do with the question, so that this bears filters that have.
 */
const maxScanned = 50_000
/** Times work_mem, 4 MB as PostgreSQL comes: what a scan that long keeps of what it has met. */
const scanMemory = 8
const rowsPerInsert = 200

/** Searches with a filter need the iterative scans of 0.8. */
export async function isPgvectorUsable(db: Queryable): Promise<boolean> {
  const { rows } = await sql<{ version: string }>`
    select extversion as version from pg_extension where extname = 'vector'`.execute(db)
  const [major = 0, minor = 0] = (rows[0]?.version ?? '0').split('.').map(Number)
  return major > 0 || minor >= 8
}

export async function createPointTable(db: Database): Promise<void> {
  await inTransaction(db, async (tx) => {
    // `create table if not exists` itself races; the lock ends with the transaction.
    await sql`select pg_advisory_xact_lock(7305802)`.execute(tx)
    await sql
      .raw(`create table if not exists ${table} (
        project_id text collate "C" not null, document_id text collate "C" not null, set_id text collate "C" not null,
        number bigint not null, vector halfvec not null, primary key (project_id, document_id, set_id, number),
        foreign key (project_id, set_id) references embedding_sets (project_id, id) on delete cascade,
        foreign key (project_id, document_id) references documents (project_id, id) on delete cascade)`)
      .execute(tx)
  })
}

export interface Point {
  readonly documentId: DocumentId
  readonly number: number
  readonly vector: Float32Array
}

/** Those of documents that went meanwhile are left out. */
export async function storePoints(tx: Tx, { projectId, id }: SetRef, points: readonly Point[]): Promise<void> {
  for (let at = 0; at < points.length; at += rowsPerInsert) {
    const rows = points
      .slice(at, at + rowsPerInsert)
      .map(
        ({ documentId, number, vector }) =>
          sql`(${documentId}::text, ${number}::bigint, ${`[${vector.join(',')}]`}::halfvec)`,
      )
    await sql`
      insert into ${sql.table(table)} (project_id, document_id, set_id, number, vector)
      select ${projectId}, point.document_id, ${id}, point.number, point.vector
      from (values ${sql.join(rows)}) as point (document_id, number, vector)
      join documents on documents.project_id = ${projectId} and documents.id = point.document_id
      on conflict do nothing`.execute(tx)
  }
}

function indexName(setId: string): string {
  return `${table}_${setId.replaceAll('-', '')}`
}

/** Beside whatever reads and writes; a broken one that an earlier attempt left is made anew. */
export async function createPointIndex(db: Queryable, set: EmbeddingSet): Promise<void> {
  const name = indexName(set.id)
  const { rows } = await sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index join pg_class on pg_class.oid = indexrelid
    where relname = ${name}`.execute(db)
  if (rows[0]?.valid === true) return
  if (rows[0] !== undefined) await sql.raw(`drop index concurrently if exists ${name}`).execute(db)
  await sql
    .raw(`create index concurrently if not exists ${name} on ${table}
      using hnsw ((vector::halfvec(${Number(set.dimensions)})) halfvec_cosine_ops)
      where project_id = '${requireId(set.projectId)}' and set_id = '${requireId(set.id)}'`)
    .execute(db)
}

/** It stands in a statement as it is. */
function requireId(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new RangeError('not an id')
  return id
}

/** Indexes of sets that are no more: of models that were replaced and projects that were deleted. */
export async function dropUnusedPointIndexes(db: Queryable): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'i' and relname ~ ${`^${table}_[0-9a-f]{32}$`} and not exists (
      select 1 from embedding_sets where relname = ${`${table}_`} || replace(embedding_sets.id, '-', ''))`.execute(db)
  for (const { name } of rows) await sql.raw(`drop index concurrently if exists ${name}`).execute(db)
}

interface PointRow {
  readonly documentId: DocumentId
  readonly number: number
  readonly distance: number
}

const noPlaces: readonly ScoredPlace[] = []

/** The best of these passages, each of them compared: the index, asked for its nearest, may end before it meets them. */
export async function comparePassages(
  db: Queryable,
  set: EmbeddingSet,
  query: VectorQuery,
  passages: PassageNumbers,
): Promise<readonly ScoredPlace[]> {
  const places = [...passages].flatMap(([id, numbers]) => numbers.map((number) => ({ id, number })))
  const wanted = sql`
    select point.document_id, point.number, point.vector
    from unnest(${places.map(({ id }) => id)}::text[], ${places.map(({ number }) => number)}::bigint[])
      as wanted (document_id, number)
    join ${sql.table(table)} as point on point.project_id = ${set.projectId} and point.document_id = wanted.document_id
      and point.set_id = ${set.id} and point.number = wanted.number`
  return places.length === 0 ? noPlaces : await compare(db, set, query, wanted)
}

/** The best of these documents, every vector of theirs compared. */
export async function compareDocuments(
  db: Queryable,
  set: EmbeddingSet,
  query: VectorQuery,
  documents: ReadonlySet<DocumentId>,
): Promise<readonly ScoredPlace[]> {
  const wanted = sql`
    select document_id, number, vector from ${sql.table(table)}
    where project_id = ${set.projectId} and document_id = any(${[...documents]}) and set_id = ${set.id}`
  return documents.size === 0 ? noPlaces : await compare(db, set, query, wanted)
}

/** Materialized, so that no planner goes by the index after all. */
async function compare(
  db: Queryable,
  set: EmbeddingSet,
  { vector, limit }: VectorQuery,
  wanted: RawBuilder<unknown>,
): Promise<readonly ScoredPlace[]> {
  const distance = distanceTo(set, vector)
  const { rows } = await sql<PointRow>`with wanted as materialized (${wanted})
    select document_id as "documentId", number, ${distance} as distance from wanted
    order by distance, document_id, number limit ${limit}`.execute(db)
  return rows.map(toPlace)
}

export async function searchPoints(
  db: Database,
  set: EmbeddingSet,
  { vector, limit, documents }: VectorQuery,
): Promise<readonly ScoredPlace[]> {
  const distance = distanceTo(set, vector)
  const isWanted = documents === undefined ? sql`true` : sql`document_id = any(${[...documents]})`
  return await inTransaction(db, async (tx) => {
    await sql.raw(`set local hnsw.ef_search = ${Math.min(maxEfSearch, Math.max(100, limit))}`).execute(tx)
    if (documents !== undefined || limit > maxEfSearch) {
      await sql.raw('set local hnsw.iterative_scan = strict_order').execute(tx)
      await sql.raw(`set local hnsw.max_scan_tuples = ${maxScanned}`).execute(tx)
      await sql.raw(`set local hnsw.scan_mem_multiplier = ${scanMemory}`).execute(tx)
    }
    const { rows } = await sql<PointRow>`
      select document_id as "documentId", number, ${distance} as distance from ${sql.table(table)}
      where project_id = ${set.projectId as ProjectId} and set_id = ${set.id} and ${isWanted}
      order by ${distance} limit ${limit}`.execute(tx)
    return rows.map(toPlace)
  })
}

function distanceTo({ dimensions }: EmbeddingSet, vector: Float32Array): RawBuilder<unknown> {
  const length = sql.raw(String(Number(dimensions)))
  return sql`(vector::halfvec(${length})) <=> ${`[${vector.join(',')}]`}::halfvec(${length})`
}

function toPlace({ documentId, number, distance }: PointRow): ScoredPlace {
  return { documentId, number, score: 1 - distance }
}
