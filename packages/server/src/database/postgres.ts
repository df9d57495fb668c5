import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'
import { isHeartbeat } from './heartbeat.ts'
import { openPool } from './postgres-pool.ts'
import { PostgresWatch, type WatchOptions } from './postgres-watch.ts'
import type { Schema } from './schema.ts'

/** What the driver hands out is made equal to SQLite's here, once: integers as numbers, times as ISO text. */
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString())

const maxConnections = 10
/** A node's leases, events and wake-ups do not queue behind its requests. */
const maxHeartbeatConnections = 4
/** Short enough for a second try before a lease runs out. */
const heartbeatLimitMs = 4_000

export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    application_name: 'quory',
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: 10_000,
  }
}

export function openPostgres(url: string, watching: Pick<WatchOptions, 'doubtAfterMs'> = {}): Database {
  const config = connectionConfig(url)
  const watch = new PostgresWatch({ config, ...watching })
  const heartbeatWatch = new PostgresWatch({ config, limitMs: heartbeatLimitMs })
  const pool = openPool({ config, max: maxConnections, watch })
  const heartbeatPool = openPool({
    config: { ...config, connectionTimeoutMillis: heartbeatLimitMs },
    max: maxHeartbeatConnections,
    watch: heartbeatWatch,
  })
  const either: PostgresPool = {
    options: pool.options,
    connect: () => (isHeartbeat() ? heartbeatPool : pool).connect(),
    end: async () => {
      await Promise.all([pool.end(), heartbeatPool.end()])
    },
  }
  const query = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: either }) })
  return {
    engine: 'postgres',
    query,
    unsyncedQuery: query,
    [Symbol.asyncDispose]: async () => {
      await query.destroy()
      watch[Symbol.dispose]()
      heartbeatWatch[Symbol.dispose]()
    },
  }
}
