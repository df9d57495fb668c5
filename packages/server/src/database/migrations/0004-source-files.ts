import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** A source has many files, each with at most one document; what was uploaded before is a source with one file. */
export async function migrateSourceFiles(tx: Tx, engine: Engine): Promise<void> {
  const { id, time, number, strict } =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', number: 'bigint', strict: '' }
      : { id: 'text', time: 'text', number: 'integer', strict: 'strict' }
  const statements = [
    `create table source_files (
      project_id ${id} not null, id ${id} not null, source_id ${id} not null, parent_id ${id}, key ${id} not null,
      name text not null, url text, listed_version text, version text, media_type text, size ${number},
      content_hash ${id}, status ${id} not null, outcome text, reason text, document_id ${id}, seen_in ${number} not null,
      attempt ${number} not null, retry_at ${time}, created_at ${time} not null, updated_at ${time} not null,
      primary key (project_id, id),
      foreign key (project_id, source_id) references sources (project_id, id) on delete cascade) ${strict}`,
    'create unique index source_files_key on source_files (project_id, source_id, key)',
    'create index source_files_status on source_files (project_id, source_id, status, id)',
    'create index source_files_hash on source_files (project_id, source_id, content_hash)',
    `create table source_syncs (
      project_id ${id} not null, source_id ${id} not null, number ${number} not null, state text not null,
      mode text not null, job_id ${id},
      cursor text, listed_at ${time}, started_at ${time}, ended_at ${time}, error text, stalls ${number} not null,
      waiting_until ${time}, every_minutes ${number}, next_at ${time}, progress text, updated_at ${time} not null,
      primary key (project_id, source_id),
      foreign key (project_id, source_id) references sources (project_id, id) on delete cascade) ${strict}`,
    'create index source_syncs_due on source_syncs (project_id, next_at) where next_at is not null',
    `alter table documents add column file_id ${id} not null default ''`,
    'update documents set file_id = source_id',
    'create index documents_file on documents (project_id, file_id)',
    `alter table jobs add column not_before ${time}`,
    'alter table trainings add column report text',
    'alter table trainings add column overview text',
    'alter table sources add column secret_key text',
    `alter table sources add column chat_id ${id}`,
    'create index sources_chat on sources (project_id, chat_id) where chat_id is not null',
    // Their secrets were stored in clear; the next start encrypts them.
    `update sources set secret_key = 'clear' where type in ('google_drive', 'github', 'databricks')`,
    `insert into source_files (project_id, id, source_id, key, name, media_type, size, content_hash, status, outcome, reason,
        document_id, seen_in, attempt, created_at, updated_at)
      select project_id, id, id, coalesce(file_name, name), coalesce(file_name, name), media_type, size, content_hash,
        case when status = 'error' then 'failed' when status = 'connected' and items_total > 0 then 'indexed' else 'fetched' end,
        case when status = 'error' then 'failed' when status = 'connected' and items_total > 0 then 'indexed' end, error, (select min(documents.id) from documents
          where documents.project_id = sources.project_id and documents.source_id = sources.id), 0, 0, created_at, updated_at
      from sources where content_hash is not null`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
