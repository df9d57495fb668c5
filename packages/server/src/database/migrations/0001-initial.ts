import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** Column types that differ by engine. Text keys compare by bytes on both, so that keyset pages mean the same. */
function columnTypes(engine: Engine) {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', bytes: 'bytea', flag: 'boolean', real: 'double precision' }
      : { id: 'text', time: 'text', bytes: 'blob', flag: 'integer', real: 'real' }
  return { ...types, number: engine === 'postgres' ? 'bigint' : 'integer' }
}

/**
 * Every table that grows has `project_id` first in its primary key and in every index, no sequence, and no foreign key
 * across projects, so that it can be distributed by `project_id`. `test/scale-out.test.ts` enforces it.
 */
export async function migrateInitial(tx: Tx, engine: Engine): Promise<void> {
  const { id, time, bytes, flag, real, number } = columnTypes(engine)
  const strict = engine === 'sqlite' ? 'strict' : ''
  const statements = [
    `create table users (
      id ${id} primary key, email ${id} not null unique, name text not null, email_verified ${flag} not null,
      image text, role text not null, home_project_id ${id}, default_project_id ${id},
      created_at ${time} not null, updated_at ${time} not null) ${strict}`,
    `create table api_keys (
      id ${id} primary key, user_id ${id} not null references users (id) on delete cascade, name text not null,
      prefix text not null, hash ${id} not null unique, scope text not null, created_at ${time} not null,
      expires_at ${time}, last_used_at ${time}, revoked_at ${time}) ${strict}`,
    'create index api_keys_user on api_keys (user_id, id)',
    `create table question_counts (
      user_id ${id} not null references users (id) on delete cascade, day text not null, questions ${number} not null,
      primary key (user_id, day)) ${strict}`,
    `create table prompts (
      id ${id} primary key, owner_id ${id} not null references users (id) on delete cascade, title text not null,
      content text not null, status text not null, created_at ${time} not null, updated_at ${time} not null) ${strict}`,
    'create index prompts_owner on prompts (owner_id, id)',
    `create table projects (
      id ${id} primary key, organization_id ${id} not null, owner_id ${id} not null, name text not null,
      description text, status text not null, instructions text, prompt_id ${id}, model text, temperature ${real},
      max_tokens ${number}, created_at ${time} not null, updated_at ${time} not null) ${strict}`,
    'create index projects_organization on projects (organization_id, created_at, id)',
    `create index projects_public on projects (id) where status = 'public'`,
    `create table project_members (
      project_id ${id} not null references projects (id) on delete cascade,
      user_id ${id} not null references users (id) on delete cascade, role text not null, created_at ${time} not null,
      primary key (project_id, user_id)) ${strict}`,
    'create index project_members_user on project_members (user_id, project_id)',
    `create table chats (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, owner_id ${id} not null,
      owner ${id} not null, name text not null, description text, message_count ${number} not null,
      last_position ${number} not null, leaf_id ${id}, created_at ${time} not null, updated_at ${time} not null,
      primary key (project_id, id)) ${strict}`,
    'create index chats_created on chats (project_id, created_at, id)',
    'create index chats_owner on chats (project_id, owner_id, created_at, id)',
    'create index chats_label on chats (project_id, owner, created_at, id)',
    'create index chats_updated on chats (project_id, updated_at, id)',
    `create table messages (
      project_id ${id} not null, chat_id ${id} not null, id ${id} not null, position ${number} not null,
      role text not null, content text not null, status text not null, parent_id ${id}, answer_id ${id},
      metadata text not null, model text, usage text, citations text, error text, rating ${number},
      created_at ${time} not null, completed_at ${time}, primary key (project_id, chat_id, id),
      foreign key (project_id, chat_id) references chats (project_id, id) on delete cascade) ${strict}`,
    'create unique index messages_position on messages (project_id, chat_id, position)',
    `create table answers (
      project_id ${id} not null, id ${id} not null, chat_id ${id} not null, question_id ${id} not null,
      message_id ${id} not null, position ${number} not null, owner_id ${id} not null, state text not null, model text,
      parameters text not null, attempt ${number} not null, lease_owner text, lease_expires_at ${time},
      pinned_node text, cancel_requested_at ${time}, last_number ${number} not null, usage text, error text,
      created_at ${time} not null, started_at ${time}, completed_at ${time}, log_pruned_at ${time},
      primary key (project_id, id),
      foreign key (project_id, chat_id, message_id) references messages (project_id, chat_id, id) on delete cascade) ${strict}`,
    'create index answers_message on answers (project_id, chat_id, message_id)',
    // Small: holds only what is waiting or running. The claim reads it whole instead of scanning answers.
    `create index answers_unfinished on answers (project_id, chat_id, position) where state in ('queued', 'processing')`,
    `create table answer_attempts (
      project_id ${id} not null, answer_id ${id} not null, attempt ${number} not null, content text not null,
      reason text not null, ended_at ${time} not null, primary key (project_id, answer_id, attempt),
      foreign key (project_id, answer_id) references answers (project_id, id) on delete cascade) ${strict}`,
    `create table answer_events (
      project_id ${id} not null, answer_id ${id} not null, day ${number} not null, number ${number} not null,
      attempt ${number} not null, event text not null, primary key (project_id, answer_id, day, number),
      foreign key (project_id, answer_id) references answers (project_id, id) on delete cascade)
      ${engine === 'sqlite' ? 'strict, without rowid' : 'partition by range (day)'}`,
    `create table sources (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, type text not null,
      name text not null, configuration text not null, status text not null, error text, file_name text,
      media_type text, size ${number}, content_hash ${id}, items_done ${number} not null, items_total ${number} not null,
      created_by ${id} not null, created_at ${time} not null, updated_at ${time} not null,
      primary key (project_id, id)) ${strict}`,
    'create index sources_created on sources (project_id, created_at, id)',
    'create unique index sources_hash on sources (project_id, content_hash)',
    `create table documents (
      project_id ${id} not null, id ${id} not null, source_id ${id} not null, name text not null,
      media_type text not null, language text not null, content_hash text not null, text text not null,
      length ${number} not null, passage_count ${number} not null, token_count ${number} not null,
      created_at ${time} not null, terms text not null, primary key (project_id, id),
      foreign key (project_id, source_id) references sources (project_id, id) on delete cascade) ${strict}`,
    'create index documents_source on documents (project_id, source_id, id)',
    // With a rowid: rows of a kilobyte would spill into overflow pages of a table without, 2.3 times the room.
    `create table passages (
      project_id ${id} not null, document_id ${id} not null, number ${number} not null, text text not null,
      heading_path text not null, start ${number} not null, "end" ${number} not null, page ${number}, sheet text,
      row_start ${number}, row_end ${number}, place_changes text, primary key (project_id, document_id, number),
      foreign key (project_id, document_id) references documents (project_id, id) on delete cascade) ${strict}`,
    // Taken out by the terms that their document lists: an index by document would double the size and the work.
    `create table postings (
      project_id ${id} not null references projects (id) on delete cascade, term ${id} not null,
      document_id ${id} not null, entries ${bytes} not null, primary key (project_id, term, document_id))
      ${engine === 'sqlite' ? 'strict, without rowid' : ''}`,
    `create table index_statistics (
      project_id ${id} not null references projects (id) on delete cascade, language ${id} not null,
      passage_count ${number} not null, token_count ${number} not null, primary key (project_id, language)) ${strict}`,
    `create table trainings (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null,
      data_source_ids text not null, description text, status text not null, progress text, error text,
      created_at ${time} not null, updated_at ${time} not null, primary key (project_id, id)) ${strict}`,
    'create index trainings_created on trainings (project_id, created_at, id)',
    `create table jobs (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, kind text not null,
      payload text not null, state text not null, attempt ${number} not null, run_after ${time} not null,
      lease_owner text, lease_expires_at ${time}, error text, created_at ${time} not null, completed_at ${time},
      primary key (project_id, id)) ${strict}`,
    `create index jobs_unfinished on jobs (project_id, run_after) where state in ('queued', 'running')`,
  ]
  if (engine === 'sqlite') {
    statements.push(`create index answers_unpruned on answers (project_id, completed_at)
      where completed_at is not null and log_pruned_at is null`)
  }
  if (engine === 'postgres') {
    // Takes what comes before its day has a partition; see answers/prune-events.ts.
    statements.push('create table answer_events_default partition of answer_events default')
    statements.push(`create table file_chunks (
      project_id ${id} not null references projects (id) on delete cascade, file_id ${id} not null,
      number ${number} not null, bytes ${bytes} not null, primary key (project_id, file_id, number))`)
  }
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
