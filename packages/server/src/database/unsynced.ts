import { type Kysely, sql } from 'kysely'
import type { Database, Engine, Tx } from './database.ts'
import type { Schema } from './schema.ts'

/**
 * A transaction that does not wait for the disk. Only for what a power cut may take because it is made again: events of a
 * running answer, a lease. Everything a client was told of goes through `inTransaction`.
 */
export function inUnsyncedTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transactions[db.engine](db.query, work)
}

type UnsyncedTransaction = <T>(db: Kysely<Schema>, work: (tx: Tx) => Promise<T>) => Promise<T>

const transactions: Readonly<Record<Engine, UnsyncedTransaction>> = {
  // The one connection is ours meanwhile, so nothing else goes unsynced.
  sqlite: (db, work) =>
    db.connection().execute(async (connection) => {
      await sql`pragma synchronous = normal`.execute(connection)
      try {
        return await connection.transaction().execute(work)
      } finally {
        await sql`pragma synchronous = full`.execute(connection)
      }
    }),
  postgres: (db, work) =>
    db.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit = off`.execute(tx)
      return work(tx)
    }),
}
