import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { World } from './world.ts'

/** The checker's own way into the database: plain statements, past the server and every proxy. */
export interface DatabaseReader {
  rows<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openDatabaseReader({
  postgres,
  dataDir,
}: Pick<World, 'postgres' | 'dataDir'>): Promise<DatabaseReader> {
  if (postgres !== undefined) return openPostgresReader(postgres.url)
  const folder = dataDir ?? ''
  // SQLite resolves links by itself, which leads nowhere in another process's mount namespace.
  return folder.startsWith('/proc/') ? openCopyReader(folder) : openSqliteReader(folder)
}

function openSqliteReader(dataDir: string): DatabaseReader {
  const db = new DatabaseSync(join(dataDir, 'quory.db'), { readOnly: true, timeout: 10_000 })
  return {
    // The caller says what its statement returns.
    rows: async <Row>(statement: string, values: readonly unknown[] = []) =>
      db.prepare(statement).all(JSON.stringify(values)) as Row[],
    [Symbol.asyncDispose]: async () => db.close(),
  }
}

/** Asked when all is quiet or again and again, so the newest copy is as good as the files. */
function openCopyReader(dataDir: string): DatabaseReader {
  return {
    rows: async <Row>(statement: string, values: readonly unknown[] = []) => {
      using copy = openCopy(dataDir)
      // The caller says what its statement returns.
      return copy.db.prepare(statement).all(JSON.stringify(values)) as Row[]
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function openPostgresReader(url: string): Promise<DatabaseReader> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return {
    rows: async <Row>(statement: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query(statement, [values])
      // The caller says what its statement returns.
      return rows as Row[]
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** Checks a copy, as it was when the process died: opening the files themselves would recover them before the server does. */
export function checkIntegrity(dataDir: string): string | undefined {
  using copy = openCopy(dataDir)
  const result = copy.db.prepare('pragma integrity_check').all()
  const broken = copy.db.prepare('pragma foreign_key_check').all()
  const [first] = result
  if (result.length === 1 && first?.['integrity_check'] === 'ok' && broken.length === 0) return undefined
  return `integrity_check after a kill: ${JSON.stringify(result).slice(0, 300)} ${JSON.stringify(broken).slice(0, 300)}`
}

function openCopy(dataDir: string): { db: DatabaseSync } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'quory-chaos-copy-'))
  for (const name of ['quory.db', 'quory.db-wal']) {
    if (existsSync(join(dataDir, name))) copyFileSync(join(dataDir, name), join(folder, name))
  }
  const db = new DatabaseSync(join(folder, 'quory.db'))
  return {
    db,
    [Symbol.dispose]: () => {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
