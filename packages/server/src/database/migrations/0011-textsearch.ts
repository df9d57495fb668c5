import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/**
 * Which projects are also indexed by the extension pg_textsearch, and on PostgreSQL the terms of their passages. The
 * extension itself is not needed for the tables; its index on them is made for each such project.
 */
export async function migrateTextsearch(tx: Tx, engine: Engine): Promise<void> {
  const { id, number, strict } =
    engine === 'postgres'
      ? { id: 'text collate "C"', number: 'bigint', strict: '' }
      : { id: 'text', number: 'integer', strict: 'strict' }
  const statements = [
    `create table textsearch_projects (
      project_id ${id} not null references projects (id) on delete cascade, state text not null,
      version ${number} not null, primary key (project_id)) ${strict}`,
  ]
  if (engine === 'postgres') {
    statements.push(`create table textsearch_passages (
      project_id ${id} not null, document_id ${id} not null, number bigint not null, terms text not null,
      primary key (project_id, document_id, number),
      foreign key (project_id, document_id) references documents (project_id, id) on delete cascade)`)
  }
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
