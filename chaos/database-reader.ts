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
  const db = new DatabaseSync(join(dataDir ?? '', 'quory.db'), { readOnly: true, timeout: 10_000 })
  return {
    // The caller says what its statement returns.
    rows: async <Row>(statement: string, values: readonly unknown[] = []) =>
      db.prepare(statement).all(JSON.stringify(values)) as Row[],
    [Symbol.asyncDispose]: async () => db.close(),
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
  const copy = mkdtempSync(join(tmpdir(), 'quory-chaos-copy-'))
  try {
    for (const name of ['quory.db', 'quory.db-wal']) {
      if (existsSync(join(dataDir, name))) copyFileSync(join(dataDir, name), join(copy, name))
    }
    const db = new DatabaseSync(join(copy, 'quory.db'))
    const result = db.prepare('pragma integrity_check').all()
    const broken = db.prepare('pragma foreign_key_check').all()
    db.close()
    const [first] = result
    if (result.length === 1 && first?.['integrity_check'] === 'ok' && broken.length === 0) return undefined
    return `integrity_check after a kill: ${JSON.stringify(result).slice(0, 300)} ${JSON.stringify(broken).slice(0, 300)}`
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
