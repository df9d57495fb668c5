import { type RawBuilder, sql } from 'kysely'
import type { Engine } from './database.ts'

/**
 * The time that leases are written and judged by: the database's own on PostgreSQL, so that nodes whose clocks differ
 * agree on it. SQLite has one process and its clock.
 */
const clocks: Readonly<Record<Engine, (fromNowMs: number) => RawBuilder<string>>> = {
  sqlite: (fromNowMs) => sql`${new Date(Date.now() + fromNowMs).toISOString()}`,
  postgres: (fromNowMs) => sql`(statement_timestamp() + ${fromNowMs}::double precision * interval '1 millisecond')`,
}

/** As an expression in a statement: `fromNowMs` after the database's time, or before it when negative. */
export function databaseTime({ engine }: { readonly engine: Engine }, fromNowMs = 0): RawBuilder<string> {
  return clocks[engine](fromNowMs)
}
