import { sql } from 'kysely'
import { newId } from '../../ids.ts'
import { type Engine, now, type Tx } from '../database.ts'

/**
 * The lexical index as segments of many documents in place of a row for each term and document. What was indexed before
 * is indexed anew from the stored passages, by a job for each project.
 */
export async function migrateIndexSegments(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', bytes: 'bytea', number: 'bigint', strict: '' }
      : { id: 'text', time: 'text', bytes: 'blob', number: 'integer', strict: 'strict' }
  const { id, time, bytes, number, strict } = types
  const statements = [
    `create table index_segments (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, state text not null,
      version ${number} not null, size ${number} not null, passage_count ${number} not null,
      token_count ${number} not null, languages text not null, gone ${bytes} not null, lengths ${bytes} not null,
      touched_at ${time} not null, primary key (project_id, id)) ${strict}`,
    // With a rowid: rows of nearly two kilobytes would spill into overflow pages of a table without.
    `create table index_blocks (
      project_id ${id} not null, segment_id ${id} not null, first_term ${id} not null, entries ${bytes} not null,
      primary key (project_id, segment_id, first_term),
      foreign key (project_id, segment_id) references index_segments (project_id, id) on delete cascade) ${strict}`,
    `create table index_documents (
      project_id ${id} not null, segment_id ${id} not null, base ${number} not null, document_id ${id} not null,
      passage_count ${number} not null, token_count ${number} not null, language text not null,
      primary key (project_id, segment_id, base),
      foreign key (project_id, segment_id) references index_segments (project_id, id) on delete cascade) ${strict}`,
    'create index index_documents_document on index_documents (project_id, document_id, segment_id)',
    'drop table postings',
    'drop table index_statistics',
    'alter table documents drop column terms',
  ]
  // Packed already: trying to compress it again costs time and saves nothing.
  if (engine === 'postgres') statements.push('alter table index_blocks alter column entries set storage external')
  for (const statement of statements) await sql.raw(statement).execute(tx)
  await askForRebuilding(tx)
}

async function askForRebuilding(tx: Tx): Promise<void> {
  const { rows } = await sql<{ project_id: string }>`select distinct project_id from documents`.execute(tx)
  for (const { project_id } of rows) {
    await sql`insert into jobs (project_id, id, kind, payload, state, attempt, run_after, created_at)
      values (${project_id}, ${newId()}, 'rebuild-index', '{}', 'queued', 0, ${now()}, ${now()})`.execute(tx)
  }
}
