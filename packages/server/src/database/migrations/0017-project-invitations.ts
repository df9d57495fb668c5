import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** Who is to become a member of a project when they come by this address; whether they are a user is nobody's to know. */
export async function migrateProjectInvitations(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres' ? { id: 'text collate "C"', time: 'timestamptz(3)' } : { id: 'text', time: 'text' }
  const { id, time } = types
  const statements = [
    `create table project_invitations (
      project_id ${id} not null references projects (id) on delete cascade, id ${id} not null, email ${id} not null,
      role text not null, created_at ${time} not null, expires_at ${time} not null, primary key (project_id, id),
      unique (project_id, email)) ${engine === 'sqlite' ? 'strict' : ''}`,
    'create index project_invitations_email on project_invitations (email, project_id)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
