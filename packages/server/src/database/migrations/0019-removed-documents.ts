import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/**
 * A document outlives its source while its rows are deleted piece by piece: it goes with its project by its foreign key,
 * and with its source because whoever deletes that says so. SQLite changes a key by making the table anew, which is small,
 * as texts and passages are not in it; `migrate` has switched keys off meanwhile, so that nothing that refers to it goes.
 */
export async function migrateRemovedDocuments(tx: Tx, engine: Engine): Promise<void> {
  const toProject = 'foreign key (project_id) references projects (id) on delete cascade'
  const statements =
    engine === 'postgres'
      ? [
          'alter table documents drop constraint documents_project_id_source_id_fkey',
          `alter table documents add constraint documents_project_id_fkey ${toProject}`,
        ]
      : [
          `create table documents_anew (
            project_id text not null, id text not null, source_id text not null, name text not null,
            media_type text not null, language text not null, content_hash text not null, length integer not null,
            passage_count integer not null, token_count integer not null, created_at text not null,
            file_id text not null default '', staged_by text, primary key (project_id, id), ${toProject}) strict`,
          `insert into documents_anew (project_id, id, source_id, name, media_type, language, content_hash, length,
              passage_count, token_count, created_at, file_id, staged_by)
            select project_id, id, source_id, name, media_type, language, content_hash, length, passage_count,
              token_count, created_at, file_id, staged_by from documents`,
          'drop table documents',
          'alter table documents_anew rename to documents',
          'create index documents_source on documents (project_id, source_id, id)',
          'create index documents_file on documents (project_id, file_id)',
          'create index documents_staged on documents (project_id, id) where staged_by is not null',
        ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
