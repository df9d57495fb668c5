import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { Schema } from './schema.ts'

export type Engine = 'sqlite' | 'postgres'

/** The root connection: opens transactions. Inside one, use only the `Tx`: on SQLite the root would wait for itself. */
export interface Database {
  readonly engine: Engine
  /** What it resolves with is on the disk: what was written, and what was read. */
  readonly query: Kysely<Schema>
  /**
   * SQLite: the same connection without waiting for the disk. For what is shown only after something that does wait; to
   * write with it use `inUnsyncedTransaction`.
   */
  readonly unsyncedQuery: Kysely<Schema>
  [Symbol.asyncDispose](): Promise<void>
}

export type Tx = Transaction<Schema>
/** What a store function takes: the root's `query` or a transaction. */
export type Queryable = Kysely<Schema>

const serializationFailures = new Set(['40001', '40P01'])

/** Runs `work` in one transaction; what PostgreSQL rolled back to let another one through is tried again. */
export function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return retryRolledBack(() => db.query.transaction().execute(work))
}

/** Reads that all see the same moment: what is committed between them shows in none. */
export function inSnapshot<T>({ engine, query }: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  // SQLite has one connection, which a transaction has to itself.
  if (engine === 'sqlite') return query.transaction().execute(read)
  return query.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}

/**
 * Repeats what the database rolled back by itself (deadlocks, serialization failures), five times at most. Nothing else:
 * after a broken connection nobody knows whether the commit went through.
 */
export async function retryRolledBack<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (attempt === 5 || !serializationFailures.has(code)) throw error
    }
  }
}

export function now(): string {
  return new Date().toISOString()
}

/** `{ms}` after now, as the database keeps times. */
export function timeFromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}

/** One round trip that proves the database answers and, where that is our own file, that it can be written. */
export async function ping(db: Database): Promise<void> {
  await pings[db.engine].execute(db.query)
}

const pings: Readonly<Record<Engine, RawBuilder<unknown>>> = {
  // Nobody reads that number; setting it writes one page.
  sqlite: sql`pragma user_version = 1`,
  postgres: sql`select 1`,
}
