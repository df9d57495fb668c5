import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** The nodes of a cluster, and the keys that make a repeated request one request. */
export async function migrateNodesAndRetries(tx: Tx, engine: Engine): Promise<void> {
  const types =
    engine === 'postgres'
      ? { id: 'text collate "C"', time: 'timestamptz(3)', bytes: 'bytea', number: 'bigint', strict: '' }
      : { id: 'text', time: 'text', bytes: 'blob', number: 'integer', strict: 'strict' }
  const { id, time, bytes, number, strict } = types
  const statements = [
    `create table nodes (
      name ${id} primary key, version text not null, roles text not null, url text, load text not null,
      started_at ${time} not null, seen_at ${time} not null) ${strict}`,
    `create table idempotency_keys (
      user_id ${id} not null references users (id) on delete cascade, key_hash ${id} not null,
      request_hash text not null, state text not null, seed ${id} not null, node text, lease_expires_at ${time},
      status ${number}, headers text, body ${bytes}, created_at ${time} not null,
      primary key (user_id, key_hash)) ${strict}`,
    'create index idempotency_keys_created on idempotency_keys (created_at)',
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
