import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** What is known of each table of a document; its rows are a Parquet file, which goes with it. */
export async function migrateTables(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', number: 'bigint', strict: '' }
      : { id: 'text', time: 'text', number: 'integer', strict: 'strict' }
  const { id, time, number, strict } = types
  const statements = [
    `create table data_tables (
      project_id ${id} not null, id ${id} not null, source_id ${id} not null, document_id ${id} not null,
      data_id ${id} not null, name ${id} not null, file_name text not null, sheet text, row_count ${number} not null,
      size ${number} not null, content_hash text not null, columns text not null, sample text not null,
      created_at ${time} not null, primary key (project_id, id),
      foreign key (project_id, document_id) references documents (project_id, id) on delete cascade) ${strict}`,
    'create unique index data_tables_name on data_tables (project_id, name)',
    'create index data_tables_document on data_tables (project_id, document_id)',
  ]
  if (engine === 'postgres') {
    statements.push(`create table table_chunks (
      project_id ${id} not null, table_id ${id} not null, number ${number} not null, bytes bytea not null,
      primary key (project_id, table_id, number),
      foreign key (project_id, table_id) references data_tables (project_id, id) on delete cascade)`)
  }
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
