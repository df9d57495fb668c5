import { sql } from 'kysely'
import type { Database, Engine } from '../packages/server/src/database/database.ts'

/** Bytes of all tables and keys of the lexical index; on PostgreSQL with the room that merges left to be used again. */
export async function readIndexBytes(db: Database): Promise<number> {
  return await sizes[db.engine](db)
}

const tables = ['index_segments', 'index_blocks', 'index_documents']

/** The same without the room that is free again, of which SQLite's figure has none; leaves the tables so. */
export async function readPackedBytes(db: Database): Promise<number> {
  if (db.engine === 'postgres') for (const table of tables) await sql`vacuum full ${sql.table(table)}`.execute(db.query)
  return await readIndexBytes(db)
}

const sizes: Readonly<Record<Engine, (db: Database) => Promise<number>>> = {
  sqlite: async (db) => {
    const { rows } = await sql<{ bytes: number }>`select sum(pgsize) as bytes from dbstat where name in (
      select name from sqlite_schema where tbl_name in (${sql.join(tables)}))`.execute(db.query)
    return rows[0]?.bytes ?? 0
  },
  postgres: async (db) => {
    const { rows } = await sql<{ bytes: number }>`select sum(pg_total_relation_size(oid)) as bytes from pg_class
      where relname in (${sql.join(tables)})`.execute(db.query)
    return Number(rows[0]?.bytes ?? 0)
  },
}
