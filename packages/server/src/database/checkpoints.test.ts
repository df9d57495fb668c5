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

async function writePieces(db: Database, count = commits, bytes = bytesPerCommit): Promise<void> {
  await sql`create table pieces (number integer primary key, bytes blob)`.execute(db.query)
  for (let number = 0; number < count; number++) {
    await sql`insert into pieces values (${number}, ${Buffer.alloc(bytes, number)})`.execute(db.query)
  }
}

describe('what a SQLite database writes', () => {
  it('comes into its file long before the log is full, and the log stays as long as one filling', async () => {
    const { db, sizeOf } = openPieces()
    await using _ = db
    await writePieces(db)
    // 12 MB are in the log, of which the connection itself would bring none into the file before there are 128.
    await until(
      async () => sizeOf(''),
      (bytes) => bytes > 8_000_000,
    )
    for (let round = 0; round < 16; round++) {
      await sql`update pieces set bytes = ${Buffer.alloc(bytesPerCommit, 7)}`.execute(db.query)
    }
    expect(sizeOf('-wal')).toBeLessThan(160_000_000)
  })

  it('is all in its file soon after a pause, and the log begins anew', async () => {
    const { db } = openPieces()
    await using _ = db
    // Too few commits to be noticed while they are made.
    await writePieces(db, 12, 1_000_000)
    const countPages = async () => {
      const { rows } = await sql<{ log: number; checkpointed: number }>`pragma wal_checkpoint(noop)`.execute(db.query)
      return rows[0] ?? { log: 0, checkpointed: 0 }
    }
    const { log } = await until(countPages, (pages) => pages.log === pages.checkpointed)
    expect(log).toBeGreaterThan(2_000)
    await sql`update pieces set bytes = ${Buffer.alloc(10)} where number = 1`.execute(db.query)
    expect((await countPages()).log).toBeLessThan(100)
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
