import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Database, Engine } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openPostgres } from '../../src/database/postgres.ts'
import { openSqlite, sqlitePath } from '../../src/database/sqlite.ts'
import { quickFolder } from './quick-folder.ts'

export const engines: readonly Engine[] = ['sqlite', 'postgres']

/** Where a migrated, empty database is, as the settings name it; disposing removes it. */
export interface DatabasePlace {
  readonly engine: Engine
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/** The settings of a server on this database. */
export function settingsOf({
  dataDir,
  databaseUrl,
}: Pick<DatabasePlace, 'dataDir' | 'databaseUrl'>): Record<string, string> {
  return { QUORY_DATA_DIR: dataDir, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) }
}

let clones = 0

export async function createTestDatabase(engine: Engine): Promise<DatabasePlace> {
  const dataDir = mkdtempSync(join(quickFolder(), 'quory-test-'))
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true })
  if (engine === 'sqlite') {
    copyFileSync(inject('sqliteTemplate'), sqlitePath(dataDir))
    return { engine, dataDir, databaseUrl: undefined, [Symbol.asyncDispose]: async () => removeFolder() }
  }
  const server = inject('postgresUrl')
  const name = `test_${process.pid}_${++clones}`
  // File by file: without the log of every page, which a template that nobody changes does not need.
  await administer(server, `create database ${name} template quory_template strategy file_copy`)
  return {
    engine,
    dataDir,
    databaseUrl: `${server}/${name}`,
    [Symbol.asyncDispose]: async () => {
      await administer(server, `drop database ${name} with (force)`)
      removeFolder()
    },
  }
}

export async function openTestDatabase(engine: Engine): Promise<Database> {
  const place = await createTestDatabase(engine)
  const db = place.databaseUrl === undefined ? openSqlite(place.dataDir) : openPostgres(place.databaseUrl)
  await migrate(db)
  return {
    engine,
    query: db.query,
    unsyncedQuery: db.unsyncedQuery,
    [Symbol.asyncDispose]: async () => {
      await db[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
