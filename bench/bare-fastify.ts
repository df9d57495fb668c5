import { enableCompileCache } from 'node:module'

/** The least that a server with a database can be: Fastify with one route, its database opened and asked once. */
enableCompileCache()
const { fastify } = await import('fastify')
const { PORT, QUORY_DATA_DIR = '.', DATABASE_URL } = process.env

async function openDatabase(): Promise<void> {
  if (DATABASE_URL === undefined) {
    const { DatabaseSync } = await import('node:sqlite')
    const connection = new DatabaseSync(`${QUORY_DATA_DIR}/quory.db`)
    connection.exec('pragma journal_mode = wal; pragma synchronous = full;')
    connection.prepare('select count(*) from users').get()
  } else {
    const { default: pg } = await import('pg')
    await new pg.Pool({ connectionString: DATABASE_URL, max: 12 }).query('select count(*) from users')
  }
}

await openDatabase()
const server = fastify()
server.get('/health', async () => ({ status: 'ok' }))
console.log(`ready at ${await server.listen({ port: Number(PORT), host: '127.0.0.1' })}`)
