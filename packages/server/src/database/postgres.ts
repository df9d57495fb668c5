import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
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

/** More distinct statements than the server has; what dynamic lists (`in ($1, $2)`) make beyond them goes unprepared. */
const maxPreparedStatements = 500

/**
 * Gives statements names, so that a connection parses and plans each only once: planning costs PostgreSQL more than
 * running for most of ours, and for the statement that accepts a question several times as much.
 */
function prepareStatements(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= maxPreparedStatements) return known
    const name = `quory_${names.size + 1}`
    names.set(text, name)
    return name
  }
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect()
      const query = (text: string, values: readonly unknown[]) => {
        const name = values.length === 0 ? undefined : nameOf(text)
        return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
      }
      // Kysely calls `query` with a cursor only in dialects that were given one.
      return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) }
    },
  }
}

export function openPostgres(url: string): Database {
  const pool = new pg.Pool({ ...connectionConfig(url), max: 12, idleTimeoutMillis: 60_000 })
  // A connection that breaks is replaced on the next query; without listeners it would end the process. The pool listens
  // to its idle ones only: between two statements of a transaction nobody else does.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const query = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: prepareStatements(pool) }) })
  return { engine: 'postgres', query, unsyncedQuery: query, [Symbol.asyncDispose]: () => query.destroy() }
}
