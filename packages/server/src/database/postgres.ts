import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

/** What the driver hands out is made equal to SQLite's here, once: integers as numbers, times as ISO text. */
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString())

export function connectionConfig(url: string): pg.ClientConfig {
  return { connectionString: url, types, application_name: 'quory', keepAlive: true, connectionTimeoutMillis: 10_000 }
}

export function openPostgres(url: string): Database {
  const pool = new pg.Pool({ ...connectionConfig(url), max: 12, idleTimeoutMillis: 60_000 })
  // An idle connection that the server closes is replaced on the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  const query = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return { engine: 'postgres', query, [Symbol.asyncDispose]: () => query.destroy() }
}
