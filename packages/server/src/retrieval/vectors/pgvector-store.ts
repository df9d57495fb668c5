import { sql } from 'kysely'
import { type Database, inTransaction, type Queryable, type Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
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

export async function searchPoints(
  db: Database,
  set: EmbeddingSet,
  { vector, limit, documents }: VectorQuery,
): Promise<readonly ScoredPlace[]> {
  const dimensions = sql.raw(String(Number(set.dimensions)))
  const distance = sql`(vector::halfvec(${dimensions})) <=> ${`[${vector.join(',')}]`}::halfvec(${dimensions})`
  const isWanted = documents === undefined ? sql`true` : sql`document_id = any(${[...documents]})`
  return await inTransaction(db, async (tx) => {
    await sql.raw(`set local hnsw.ef_search = ${Math.min(maxEfSearch, Math.max(100, limit))}`).execute(tx)
    if (documents !== undefined) await sql.raw('set local hnsw.iterative_scan = strict_order').execute(tx)
    const { rows } = await sql<{ documentId: DocumentId; number: number; distance: number }>`
      select document_id as "documentId", number, ${distance} as distance from ${sql.table(table)}
      where project_id = ${set.projectId as ProjectId} and set_id = ${set.id} and ${isWanted}
      order by ${distance} limit ${limit}`.execute(tx)
    return rows.map(({ documentId, number, distance: far }) => ({ documentId, number, score: 1 - far }))
  })
}
