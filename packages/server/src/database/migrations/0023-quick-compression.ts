import { sql } from 'kysely'
import type { Engine, Tx } from '../database.ts'

/** What an upload consists of, in rows of tens of kilobytes. */
const columns = [
  ['file_chunks', 'bytes'],
  ['table_chunks', 'bytes'],
  ['document_texts', 'text'],
] as const

/**
 * PostgreSQL compresses long values with pglz unless it is told otherwise, which takes longer than all else it does to
 * store a text. LZ4 takes a tenth of that, and a third more disk; servers that were built without it go on as before.
 */
export async function migrateQuickCompression(tx: Tx, engine: Engine): Promise<void> {
  if (engine !== 'postgres') return
  const { rows } = await sql`
    select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)`.execute(tx)
  if (rows.length === 0) return
  for (const [table, column] of columns) {
    await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} set compression lz4`.execute(tx)
  }
}
