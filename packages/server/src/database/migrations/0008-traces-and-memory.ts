import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** How answers were made, and what people said, so that it can be found again. */
export async function migrateTracesAndMemory(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', bytes: 'bytea', number: 'bigint', flag: 'boolean' }
      : { id: 'text', time: 'text', bytes: 'blob', number: 'integer', flag: 'integer' }
  const { id, time, bytes, number, flag } = types
  const strict = engine === 'sqlite' ? 'strict' : ''
  const statements = [
    'alter table messages add column details text',
    // Beside the answer, since nearly nobody reads it; on PostgreSQL a partition a day, dropped whole.
    `create table answer_traces (
      project_id ${id} not null, answer_id ${id} not null, day ${number} not null, created_at ${time} not null,
      trace ${bytes} not null, primary key (project_id, answer_id, day),
      foreign key (project_id, answer_id) references answers (project_id, id) on delete cascade)
      ${engine === 'sqlite' ? 'strict' : 'partition by range (day)'}`,
    // Words of a chat's messages, 64 positions a row; see memory/message-block.ts.
    `create table message_blocks (
      project_id ${id} not null, chat_id ${id} not null, number ${number} not null, last_position ${number} not null,
      languages text not null, words ${bytes} not null, primary key (project_id, chat_id, number),
      foreign key (project_id, chat_id) references chats (project_id, id) on delete cascade) ${strict}`,
    `alter table chats add column indexed_position ${number} not null default 0`,
    // Small: holds only chats with something new.
    'create index chats_unindexed on chats (project_id, id) where last_position > indexed_position',
    `alter table users add column recalls_other_chats ${flag} not null default ${engine === 'postgres' ? 'false' : '0'}`,
  ]
  if (engine === 'postgres') {
    statements.push('create table answer_traces_default partition of answer_traces default')
  }
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
