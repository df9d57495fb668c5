import { sql } from 'kysely'
import type { Database, Engine } from '../packages/server/src/database/database.ts'

/** Bytes on the disk of all tables and keys of the lexical index, with room that merges left to be used again. */
export async function readIndexBytes(db: Database): Promise<number> {
  return await sizes[db.engine](db)
}

const sizes: Readonly<Record<Engine, (db: Database) => Promise<number>>> = {
  sqlite: async (db) => {
    const { rows } = await sql<{ bytes: number }>`select sum(pgsize) as bytes from dbstat where name in (
      select name from sqlite_schema where tbl_name in ('index_segments', 'index_blocks', 'index_documents'))`.execute(
      db.query,
    )
    return rows[0]?.bytes ?? 0
  },
  postgres: async (db) => {
    const { rows } = await sql<{ bytes: number }>`select sum(pg_total_relation_size(oid)) as bytes from pg_class
      where relname in ('index_segments', 'index_blocks', 'index_documents')`.execute(db.query)
    return Number(rows[0]?.bytes ?? 0)
  },
}
