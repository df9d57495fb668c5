import { PGlite, types } from '@electric-sql/pglite'
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch'
import { vector } from '@electric-sql/pglite-pgvector'
import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from 'kysely'
import type { Database } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import type { Schema } from '../../src/database/schema.ts'
import type { EmbeddingSet } from '../../src/retrieval/vectors/embedding-set-store.ts'

/**
 * PostgreSQL inside this process, migrated, with pgvector in it: stands in for a server that has the extension; so it
 * does for pg_textsearch, which is there to be created. It has one session, so whoever asks for a connection waits for
 * the one before.
 */
export async function openPglite(): Promise<Database> {
  const server = await PGlite.create({
    extensions: { vector, pg_textsearch },
    parsers: { [types.TIMESTAMPTZ]: (text) => new Date(text).toISOString(), [types.INT8]: Number },
  })
  let last = Promise.resolve()
  const connect = async (): Promise<PostgresPoolClient> => {
    const before = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = promise
    await before
    return {
      // The dialect asks for no cursor here.
      query: (async (text: string, parameters: readonly unknown[]) => {
        const { rows, affectedRows } = await server.query(text, [...parameters])
        const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? ''
        return { command, rowCount: affectedRows ?? rows.length, rows }
      }) as PostgresPoolClient['query'],
      release: () => resolve(),
    }
  }
  const pool = { options: {}, connect, end: () => server.close() }
  const query = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  const db: Database = {
    engine: 'postgres',
    query,
    unsyncedQuery: query,
    [Symbol.asyncDispose]: () => query.destroy(),
  }
  await sql`create extension vector`.execute(query)
  await migrate(db)
  return db
}

/** How the database would find a set's nearest vectors. */
export async function explainSearch(db: Database, { projectId, id, dimensions }: EmbeddingSet): Promise<string> {
  const length = sql.raw(String(dimensions))
  const zero = `[${new Array(dimensions).fill(1).join(',')}]`
  return await db.query.transaction().execute(async (tx) => {
    // So small a table is as fast to read whole; what counts is that the index fits the statement.
    await sql`set local enable_seqscan = off`.execute(tx)
    await sql`set local enable_bitmapscan = off`.execute(tx)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select document_id from embedding_points where project_id = ${projectId} and set_id = ${id}
      order by (vector::halfvec(${length})) <=> ${zero}::halfvec(${length}) limit 5`.execute(tx)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
