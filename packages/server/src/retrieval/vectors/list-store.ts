import type { ExpressionBuilder } from 'kysely'
import type { Queryable, Tx } from '../../database/database.ts'
import type { Schema } from '../../database/schema.ts'
import { type Id, newId } from '../../ids.ts'
import type { SetRef } from './embedding-set-store.ts'
import type { EmbeddingBlock } from './embedding-store.ts'

/** A row of a list: its vectors, and whose they are. */
export interface ListRow {
  readonly list: number
  readonly id: string
  /** A line a document: its id, a space, then its passages' numbers with commas between, in the order of the vectors. */
  readonly places: string
  readonly vectors: Uint8Array
}

export interface GenerationRef extends SetRef {
  readonly generation: number
}

export async function storeCentroids(
  tx: Tx,
  { projectId, id, generation }: GenerationRef,
  centroids: readonly Uint8Array[],
): Promise<void> {
  const key = { project_id: projectId, set_id: id, generation }
  for (const [number, vectors] of centroids.entries()) {
    await tx
      .insertInto('embedding_centroids')
      .values({ ...key, number, vectors })
      .execute()
  }
}

/** The packs of centres, which go one after the other. */
export async function readCentroids(
  db: Queryable,
  { projectId, id, generation }: GenerationRef,
): Promise<readonly Uint8Array[]> {
  const rows = await db
    .selectFrom('embedding_centroids')
    .select('vectors')
    .where('project_id', '=', projectId)
    .where('set_id', '=', id)
    .where('generation', '=', generation)
    .orderBy('number')
    .execute()
  return rows.map(({ vectors }) => vectors)
}

export async function storeListRows(
  tx: Tx,
  { projectId, id: setId, generation }: GenerationRef,
  rows: readonly Omit<ListRow, 'id'>[],
): Promise<void> {
  for (const row of rows) {
    const key = { project_id: projectId, set_id: setId, generation, id: newId<Id<'list-row'>>() }
    await tx
      .insertInto('embedding_lists')
      .values({ ...key, ...row })
      .execute()
  }
}

export async function readLists(
  db: Queryable,
  { projectId, id, generation }: GenerationRef,
  lists: readonly number[],
): Promise<ListRow[]> {
  return await db
    .selectFrom('embedding_lists')
    .select(['list', 'id', 'places', 'vectors'])
    .where('project_id', '=', projectId)
    .where('set_id', '=', id)
    .where('generation', '=', generation)
    .where('list', 'in', lists)
    .execute()
}

/** Whose vectors the rows of some lists hold, without the vectors. */
export async function readPlaces(
  db: Queryable,
  { projectId, id, generation }: GenerationRef,
  lists: readonly number[],
): Promise<Omit<ListRow, 'vectors'>[]> {
  return await db
    .selectFrom('embedding_lists')
    .select(['list', 'id', 'places'])
    .where('project_id', '=', projectId)
    .where('set_id', '=', id)
    .where('generation', '=', generation)
    .where('list', 'in', lists)
    .execute()
}

/** Without places the row goes. */
export async function replaceListRow(
  tx: Tx,
  ref: GenerationRef,
  { list, id, places, vectors }: ListRow,
): Promise<void> {
  const isRow = (row: ExpressionBuilder<Schema, 'embedding_lists'>) =>
    row.and([
      row('project_id', '=', ref.projectId),
      row('set_id', '=', ref.id),
      row('generation', '=', ref.generation),
      row('list', '=', list),
      row('id', '=', id),
    ])
  if (places === '') await tx.deleteFrom('embedding_lists').where(isRow).execute()
  else await tx.updateTable('embedding_lists').set({ places, vectors }).where(isRow).execute()
}

export async function markListed(
  tx: Tx,
  ref: GenerationRef,
  blocks: readonly Pick<EmbeddingBlock, 'documentId' | 'blocksAfter'>[],
): Promise<void> {
  for (const { documentId, blocksAfter } of blocks) {
    await tx
      .updateTable('embeddings')
      .set({ listed: ref.generation })
      .where('project_id', '=', ref.projectId)
      .where('document_id', '=', documentId)
      .where('set_id', '=', ref.id)
      .where('blocks_after', '=', blocksAfter)
      .execute()
  }
}

const listsPerDelete = 20

/** Everything of the set's indexes but the generation to keep, a few lists at a time. */
export async function removeOtherGenerations(
  db: Queryable,
  { projectId, id, generation }: GenerationRef,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const rows = await db
      .selectFrom('embedding_lists')
      .select(['generation', 'list'])
      .where('project_id', '=', projectId)
      .where('set_id', '=', id)
      .where('generation', '!=', generation)
      .limit(listsPerDelete)
      .execute()
    for (const row of rows) {
      await db
        .deleteFrom('embedding_lists')
        .where('project_id', '=', projectId)
        .where('set_id', '=', id)
        .where('generation', '=', row.generation)
        .where('list', '=', row.list)
        .execute()
      await new Promise(setImmediate)
    }
    if (rows.length === 0) break
  }
  await db
    .deleteFrom('embedding_centroids')
    .where('project_id', '=', projectId)
    .where('set_id', '=', id)
    .where('generation', '!=', generation)
    .execute()
}
