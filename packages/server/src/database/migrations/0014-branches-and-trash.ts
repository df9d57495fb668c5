import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** What a person does with their chats: walks between branches, pins, archives, throws away. */
export async function migrateBranchesAndTrash(tx: Tx, engine: Engine): Promise<void> {
  const { id, time } =
    engine === 'postgres' ? { id: 'text collate "C"', time: 'timestamptz(3)' } : { id: 'text', time: 'text' }
  const statements = [
    `alter table chats add column pinned_at ${time}`,
    `alter table chats add column archived_at ${time}`,
    `alter table chats add column deleted_at ${time}`,
    `alter table chats add column name_origin text not null default 'given'`,
    `alter table messages add column next_id ${id}`,
    // Without the chat: while PostgreSQL has no statistics it would take this index for that of the ids.
    'create index messages_parent on messages (project_id, parent_id, position) where parent_id is not null',
    'create index messages_beginnings on messages (project_id, chat_id, position) where parent_id is null',
    // Nothing read it, and lists that go by this time are a person's own.
    'drop index chats_updated',
    'create index chats_kept on chats (project_id, owner_id, updated_at, id) where deleted_at is null',
    `create index chats_active on chats (project_id, owner_id, updated_at, id)
      where deleted_at is null and archived_at is null`,
    `create index chats_archived on chats (project_id, owner_id, updated_at, id)
      where deleted_at is null and archived_at is not null`,
    `create index chats_pinned on chats (project_id, owner_id, updated_at, id)
      where deleted_at is null and pinned_at is not null`,
    'create index chats_trash on chats (project_id, owner_id, updated_at, id) where deleted_at is not null',
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
  await rememberPaths(tx)
}

/**
 * Where a message has many children the newest is on the path unless `next_id` says otherwise; of chats with branches
 * the path that is in force is written down.
 */
async function rememberPaths(tx: Tx): Promise<void> {
  await sql`
    with recursive forks as (
      select project_id, chat_id, parent_id from messages where parent_id is not null
      group by project_id, chat_id, parent_id having count(*) > 1),
    path (project_id, chat_id, id, parent_id) as (
      select m.project_id, m.chat_id, m.id, m.parent_id from chats c
      join messages m on m.project_id = c.project_id and m.chat_id = c.id and m.id = c.leaf_id
      where exists (select 1 from forks f where f.project_id = c.project_id and f.chat_id = c.id)
      union all
      select m.project_id, m.chat_id, m.id, m.parent_id from path p
      join messages m on m.project_id = p.project_id and m.chat_id = p.chat_id and m.id = p.parent_id)
    update messages set next_id = (
      select p.id from path p where p.project_id = messages.project_id and p.chat_id = messages.chat_id
        and p.parent_id = messages.id)
    where exists (
      select 1 from forks f where f.project_id = messages.project_id and f.chat_id = messages.chat_id
        and f.parent_id = messages.id)`.execute(tx)
}
