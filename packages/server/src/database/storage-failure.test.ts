import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { QuoryError } from '../errors.ts'
import { storageFailureOf } from './storage-failure.ts'

/** What `work` throws. */
async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('a failure of SQLite', () => {
  it('is told from a mistake of ours', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quory-failure-'))
    const path = join(folder, 'some.db')
    {
      using db = new DatabaseSync(path)
      db.exec('create table things (id integer primary key, bytes blob) strict; insert into things values (1, null)')
      const duplicate = await errorOf(() => db.exec('insert into things values (1, null)'))
      expect(storageFailureOf(duplicate)).toBeUndefined()
      db.exec('pragma max_page_count = 1')
      const full = await errorOf(() => db.exec('insert into things values (2, zeroblob(100000))'))
      expect(storageFailureOf(full)).toBe('full')
    }
    {
      using db = new DatabaseSync(path, { readOnly: true })
      const readOnly = await errorOf(() => db.exec('insert into things values (3, null)'))
      expect(storageFailureOf(readOnly)).toBe('unavailable')
    }
    writeFileSync(path, 'This is no database, and long enough to be looked at.'.repeat(100))
    using db = new DatabaseSync(path)
    expect(storageFailureOf(await errorOf(() => db.exec('select * from things')))).toBe('unavailable')
    rmSync(folder, { recursive: true })
  })
})

describe('a failure of PostgreSQL', () => {
  it('is told from a mistake of ours', async () => {
    await using db = await openTestDatabase('postgres')
    const raise = (code: string) =>
      errorOf(() =>
        sql.raw(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`).execute(db.query),
      ).then(storageFailureOf)
    expect(await raise('23505')).toBeUndefined()
    expect(await raise('42601')).toBeUndefined()
    expect(await raise('53100')).toBe('full')
    expect(await raise('57014')).toBe('unavailable')
    expect(await raise('25006')).toBe('unavailable')
    expect(await raise('53300')).toBe('unavailable')
    expect(await raise('57P01')).toBe('in-doubt')
    expect(await raise('08006')).toBe('in-doubt')
    const ended = await errorOf(() => sql`select pg_terminate_backend(pg_backend_pid())`.execute(db.query))
    expect(storageFailureOf(ended)).toBe('in-doubt')
  })

  it('that is not there is told from one that broke off', async () => {
    const refused = new pg.Client({ host: 'localhost', port: 1 })
    expect(storageFailureOf(await errorOf(() => refused.connect()))).toBe('unavailable')
    const unknown = new pg.Client({ host: 'no-such-host.invalid' })
    expect(storageFailureOf(await errorOf(() => unknown.connect()))).toBe('unavailable')
  })
})

describe('other failures', () => {
  it('of the file system are full or unavailable, those of our own and of clients neither', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quory-failure-'))
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' })
    expect(storageFailureOf(full)).toBe('full')
    const readOnly = Object.assign(new Error('read-only file system'), { code: 'EROFS', syscall: 'open' })
    expect(storageFailureOf(readOnly)).toBe('unavailable')
    expect(storageFailureOf(await errorOf(() => writeFile(join(folder, 'a', 'b'), '')))).toBeUndefined()
    expect(storageFailureOf(new QuoryError('chat_not_found', 'Chat not found'))).toBeUndefined()
    expect(storageFailureOf(new TypeError('x is not a function'))).toBeUndefined()
    expect(storageFailureOf('text')).toBeUndefined()
    const socket = connect(1, '127.0.0.1')
    const refused = await new Promise((resolve) => socket.once('error', resolve))
    expect(storageFailureOf(refused)).toBe('unavailable')
    rmSync(folder, { recursive: true })
  })
})
