import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** By which rules a segment's passages were cut, and where those of a document begin: numbers before are of an older cut. */
export async function migratePassageCuts(tx: Tx, engine: Engine): Promise<void> {
  const number = engine === 'postgres' ? 'bigint' : 'integer'
  const statements = [
    `alter table index_segments add column passages_version ${number} not null default 1`,
    `alter table index_documents add column first ${number} not null default 0`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(tx)
}
