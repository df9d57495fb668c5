import { hash } from 'node:crypto'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { backendOf, type PostgresWatch } from './postgres-watch.ts'

/** More distinct statements than the server has; what dynamic lists (`in ($1, $2)`) make beyond them goes unprepared. */
const maxPreparedStatements = 500

/**
 * What a connection of ours asks of the server: that it lets go of the locks of a node that stopped in the middle of a
 * transaction, or whose machine or line went. Not sent as parameters of the start, which poolers refuse.
 */
const sessionSettings = {
  idle_in_transaction_session_timeout: '15s',
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '3',
  tcp_keepalives_count: '3',
}
const settingsList = Object.entries(sessionSettings)
  .map(([name, value]) => `('${name}', '${value}')`)
  .join(', ')

/** Asks who answers and, when it is the server itself, applies the settings: a pooler lends the session to others after us. */
const greeting = `select case when pg_backend_pid() = $1
  then (select count(set_config(name, value, false)) from (values ${settingsList}) as settings (name, value)) end as direct`

interface PoolOptions {
  readonly config: pg.ClientConfig
  readonly max: number
  readonly watch: PostgresWatch
}

/** Connections for Kysely. Those that came to look dead are dropped before they are used again. */
export function openPool({ config, max, watch }: PoolOptions): PostgresPool {
  const pool = new pg.Pool({ ...config, max, idleTimeoutMillis: 60_000 })
  // A connection that breaks is replaced on the next query; without listeners it would end the process. The pool listens
  // to its idle ones only: between two statements of a transaction nobody else does.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const nameOf = createStatementNames()
  const direct = new WeakMap<pg.PoolClient, boolean>()

  async function connect(): Promise<PostgresPoolClient> {
    const client = await pool.connect()
    if (watch.isSuspect(client)) {
      client.release(true)
      return await connect()
    }
    try {
      const isDirect = direct.get(client) ?? (await greet(client))
      direct.set(client, isDirect)
      const query = (text: string, values: readonly unknown[]) => {
        const name = isDirect && values.length > 0 ? nameOf(text) : undefined
        return watch.run(client, { text, values: [...values], ...(name === undefined ? {} : { name }) })
      }
      // Kysely calls `query` with a cursor only in dialects that were given one.
      return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) }
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  async function greet(client: pg.PoolClient): Promise<boolean> {
    watch.add(client)
    const { rows } = await watch.run(client, { text: greeting, values: [backendOf(client)] })
    return rows[0]?.direct !== null
  }

  return { options: pool.options, end: () => pool.end(), connect }
}

/**
 * Gives statements names, so that a connection parses and plans each only once: planning costs PostgreSQL more than
 * running for most of ours, and for the statement that accepts a question several times as much. A name is made of the
 * text: should two nodes ever share a session after all, neither can run the other's statement in place of its own.
 */
function createStatementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= maxPreparedStatements) return known
    const name = `quory_${hash('sha256', text, 'base64url')}`
    names.set(text, name)
    return name
  }
}
