import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

/** More distinct statements than the server has; dynamic lists (`in (?, ?)`) push out the least recently prepared. */
const maxPreparedStatements = 500

/**
 * The log of running answers touches one page per answer and window, always the same ones: rarer checkpoints write each
 * of them once instead of each time. At 200 answers this halves the CPU of a window; it costs 32 MB of disk.
 */
const checkpointPages = 8_000

/** Kysely speaks better-sqlite3's interface; this gives `node:sqlite` that shape, keeping prepared statements. */
function adapt(connection: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => connection.close(),
    prepare(text: string): SqliteStatement {
      const known = prepared.get(text)
      if (known !== undefined) return known
      const statement = adaptStatement(connection.prepare(text))
      // A pragma takes effect when it is prepared, so a kept one would do nothing.
      if (text.startsWith('pragma')) return statement
      prepared.set(text, statement)
      const oldest = prepared.size > maxPreparedStatements ? prepared.keys().next().value : undefined
      if (oldest !== undefined) prepared.delete(oldest)
      return statement
    },
  }
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}

export function sqlitePath(dataDir: string): string {
  return join(dataDir, 'quory.db')
}

/** One file in the data folder: WAL, every commit synced to disk, foreign keys on. */
export function openSqlite(dataDir: string): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const connection = new DatabaseSync(sqlitePath(dataDir), { enableForeignKeyConstraints: true, timeout: 5_000 })
  connection.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000;
    pragma wal_autocheckpoint = ${checkpointPages};`)
  const query = new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(connection) }) })
  return { engine: 'sqlite', query, [Symbol.asyncDispose]: () => query.destroy() }
}
