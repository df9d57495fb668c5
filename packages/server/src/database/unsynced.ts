import { type Kysely, sql } from 'kysely'
import type { Database, Engine, Tx } from './database.ts'
import type { Schema } from './schema.ts'

/**
 * A transaction that does not wait for the disk. Only for what nobody is told of before something later, which does wait,
 * has taken it along to the disk: a claim, a lease.
 */
export function inUnsyncedTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transactions[db.engine](db.unsyncedQuery, work)
}

type UnsyncedTransaction = <T>(db: Kysely<Schema>, work: (tx: Tx) => Promise<T>) => Promise<T>

const transactions: Readonly<Record<Engine, UnsyncedTransaction>> = {
  sqlite: (db, work) => db.transaction().execute(work),
  postgres: (db, work) =>
    db.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit = off`.execute(tx)
      return work(tx)
    }),
}
