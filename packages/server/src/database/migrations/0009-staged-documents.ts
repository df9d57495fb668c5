import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** A document's text in pieces, so that a large one can be written and read bit by bit, and a mark on what is not whole yet. */
export async function migrateStagedDocuments(tx: Tx, engine: Engine): Promise<void> {
  const { id, number, strict } =
    engine === 'postgres'
      ? { id: 'text collate "C"', number: 'bigint', strict: '' }
      : { id: 'text', number: 'integer', strict: 'strict' }
  const statements = [
    `create table document_texts (
      project_id ${id} not null, document_id ${id} not null, start ${number} not null,
      text text not null, primary key (project_id, document_id, start),
      foreign key (project_id, document_id) references documents (project_id, id) on delete cascade) ${strict}`,
    // As one piece each: to cut a text is to walk it from its beginning for every piece.
    `insert into document_texts (project_id, document_id, start, text)
      select project_id, id, 0, text from documents`,
    'alter table documents drop column text',
    `alter table documents add column staged_by ${id}`,
    'create index documents_staged on documents (project_id, id) where staged_by is not null',
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
