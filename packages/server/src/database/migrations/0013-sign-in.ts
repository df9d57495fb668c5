import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** Passwords and sessions of people; the first three tables are better-auth's, with our names and types. */
export async function migrateSignIn(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', number: 'bigint' }
      : { id: 'text', time: 'text', number: 'integer' }
  const { id, time, number } = types
  const strict = engine === 'sqlite' ? 'strict' : ''
  const user = `user_id ${id} not null references users (id) on delete cascade`
  const statements = [
    // `token` holds a hash: what is in the browser's cookie is nowhere here.
    `create table sessions (
      id ${id} primary key, ${user}, token ${id} not null unique, expires_at ${time} not null, ip_address text,
      user_agent text, created_at ${time} not null, updated_at ${time} not null) ${strict}`,
    'create index sessions_user on sessions (user_id)',
    'create index sessions_end on sessions (expires_at)',
    `create table accounts (
      id ${id} primary key, account_id ${id} not null, provider_id ${id} not null, ${user}, access_token text,
      refresh_token text, id_token text, access_token_expires_at ${time}, refresh_token_expires_at ${time}, scope text,
      password text, created_at ${time} not null, updated_at ${time} not null,
      unique (provider_id, account_id)) ${strict}`,
    'create index accounts_user on accounts (user_id)',
    `create table verifications (
      id ${id} primary key, identifier ${id} not null, value text not null, expires_at ${time} not null,
      created_at ${time} not null, updated_at ${time} not null) ${strict}`,
    'create index verifications_identifier on verifications (identifier)',
    // Whoever has the link sets the user's password with it, once.
    `create table sign_in_links (
      hash ${id} primary key, ${user}, created_at ${time} not null, expires_at ${time} not null) ${strict}`,
    'create index sign_in_links_user on sign_in_links (user_id)',
    `create table sign_in_attempts (
      subject ${id} primary key, attempts ${number} not null, ends_at ${time} not null) ${strict}`,
    'create index sign_in_attempts_end on sign_in_attempts (ends_at)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
