import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/**
 * Each chat that is kept lies on one of four shelves, and a list reads those it shows: none passes over what others
 * pinned or archived. And the installation gets a name, the same for all of its nodes.
 */
export async function migrateShelves(tx: Tx, engine: Engine): Promise<void> {
  const id = engine === 'postgres' ? 'text collate "C"' : 'text'
  const shelf = (archived: string, pinned: string) => `on chats (project_id, owner_id, updated_at, id)
    where deleted_at is null and archived_at is ${archived} and pinned_at is ${pinned}`
  const statements = [
    `create index chats_active_plain ${shelf('null', 'null')}`,
    `create index chats_active_pinned ${shelf('null', 'not null')}`,
    `create index chats_archived_plain ${shelf('not null', 'null')}`,
    `create index chats_archived_pinned ${shelf('not null', 'not null')}`,
    // What lies in the trash for too long, project by project.
    'create index chats_thrown on chats (project_id, deleted_at, id) where deleted_at is not null',
    'drop index chats_active',
    'drop index chats_archived',
    'drop index chats_pinned',
    'create index sign_in_links_end on sign_in_links (expires_at)',
    `create table installation (id ${id} primary key) ${engine === 'sqlite' ? 'strict' : ''}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
  await sql`insert into installation (id) values (${randomUUID()})`.execute(tx)
}
