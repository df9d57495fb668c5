import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** Vectors beside the passages, and the lists that index those of large projects. */
export async function migrateEmbeddings(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', bytes: 'bytea', number: 'bigint', strict: '' }
      : { id: 'text', time: 'text', bytes: 'blob', number: 'integer', strict: 'strict' }
  const { id, time, bytes, number, strict } = types
  const set = `foreign key (project_id, set_id) references embedding_sets (project_id, id) on delete cascade`
  const statements = [
    `create table embedding_sets (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, model ${id} not null,
      dimensions ${number}, state text not null, index_kind text not null,
      index_generation ${number} not null, index_built ${number} not null, index_size ${number} not null,
      vector_count ${number} not null, version ${number} not null, failures ${number} not null, error text,
      created_at ${time} not null, updated_at ${time} not null, primary key (project_id, id)) ${strict}`,
    `create table embedded_texts (
      project_id ${id} not null, set_id ${id} not null, hash ${bytes} not null, vector ${bytes} not null,
      primary key (project_id, set_id, hash), ${set}) ${strict}`,
    // The document before the set: a document that goes finds its rows without an index of their own.
    `create table embeddings (
      project_id ${id} not null, document_id ${id} not null, set_id ${id} not null, blocks_after ${number} not null,
      listed ${number} not null, first ${number} not null, passage_count ${number} not null, hashes ${bytes} not null, vectors ${bytes} not null,
      primary key (project_id, document_id, set_id, blocks_after), ${set},
      foreign key (project_id, document_id) references documents (project_id, id) on delete cascade) ${strict}`,
    `create table embedding_centroids (
      project_id ${id} not null, set_id ${id} not null, generation ${number} not null, number ${number} not null,
      vectors ${bytes} not null, primary key (project_id, set_id, generation, number), ${set}) ${strict}`,
    `create table embedding_lists (
      project_id ${id} not null, set_id ${id} not null, generation ${number} not null, list ${number} not null,
      id ${id} not null, places text not null, vectors ${bytes} not null,
      primary key (project_id, set_id, generation, list, id), ${set}) ${strict}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
