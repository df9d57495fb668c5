import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { quickFolder } from '../../test/support/quick-folder.ts'
import { until } from '../../test/support/start-test-app.ts'
import type { Database } from './database.ts'
import { openSqlite, sqlitePath } from './sqlite.ts'

const commits = 96
const bytesPerCommit = 128_000

function openPieces() {
  const folder = mkdtempSync(join(quickFolder(), 'quory-checkpoints-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { db: openSqlite(folder), sizeOf: (suffix: string) => statSync(`${sqlitePath(folder)}${suffix}`).size }
}

async function writePieces(db: Database): Promise<void> {
  await sql`create table pieces (number integer primary key, bytes blob)`.execute(db.query)
  for (let number = 0; number < commits; number++) {
    await sql`insert into pieces values (${number}, ${Buffer.alloc(bytesPerCommit, number)})`.execute(db.query)
  }
}

describe('what a SQLite database writes', () => {
  it('comes into its file long before the log is full, and the log stays as long as one filling', async () => {
    const { db, sizeOf } = openPieces()
    await using _ = db
    await writePieces(db)
    // 12 MB are in the log, of which the connection itself would bring none into the file before there are 32.
    await until(
      async () => sizeOf(''),
      (bytes) => bytes > 8_000_000,
    )
    for (let round = 0; round < 4; round++) {
      await sql`update pieces set bytes = ${Buffer.alloc(bytesPerCommit, 7)}`.execute(db.query)
    }
    expect(sizeOf('-wal')).toBeLessThan(60_000_000)
  })

  it('is all there after a close in the middle of it', async () => {
    const { db, sizeOf } = openPieces()
    {
      await using _ = db
      await writePieces(db)
    }
    expect(sizeOf('')).toBeGreaterThan(commits * bytesPerCommit)
    expect(() => sizeOf('-wal')).toThrow('ENOENT')
  })

  it('starts no thread while it writes little', async () => {
    const { db, sizeOf } = openPieces()
    await using _ = db
    await sql`create table pieces (number integer)`.execute(db.query)
    for (let number = 0; number < 300; number++) await sql`insert into pieces values (${number})`.execute(db.query)
    expect(sizeOf('')).toBeLessThan(100_000)
  })
})
