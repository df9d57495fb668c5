import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, type DatabasePlace, engines } from '../../test/support/databases.ts'
import { Secret } from '../config-values.ts'
import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import { hashApiKey, makeApiKey } from './api-key.ts'
import { createApiKey, findKeyOwner, revokeApiKey } from './api-key-store.ts'
import { ensureFirstKey, firstKeyPath } from './first-key.ts'
import type { Principal } from './principal.ts'
import { firstAdministratorEmail } from './user.ts'

async function openMigrated(place: DatabasePlace): Promise<Database> {
  const db = await openDatabase(place)
  await migrate(db)
  return db
}

function start(db: Database, place: DatabasePlace, apiKey?: string) {
  return ensureFirstKey({ db, config: { ...place, apiKey: apiKey === undefined ? undefined : new Secret(apiKey) } })
}

async function works(db: Database, key: string | undefined): Promise<boolean> {
  return key !== undefined && (await findKeyOwner(db.query, hashApiKey(key)))?.role === 'admin'
}

async function firstPrincipal(
  db: Database,
  key: string,
): Promise<Principal & { keyId: Parameters<typeof revokeApiKey>[3] }> {
  const owner = await findKeyOwner(db.query, hashApiKey(key))
  if (owner === undefined) throw new Error('no such key')
  return owner
}

async function revoke(db: Database, key: string | undefined): Promise<void> {
  const owner = await firstPrincipal(db, key ?? '')
  await revokeApiKey(db.query, owner, owner.userId, owner.keyId)
}

describe.each(engines)("the first administrator's key on %s", (engine) => {
  it('is made at the first start, kept for its owner only, and found at the next', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    const first = await start(db, place)
    expect(first).toMatchObject({ isNew: true, isRevoked: false })
    expect(readFileSync(firstKeyPath(place.dataDir), 'utf8')).toBe(`${first.key}\n`)
    expect(statSync(firstKeyPath(place.dataDir)).mode & 0o777).toBe(0o600)
    expect(readdirSync(place.dataDir).filter((name) => name.startsWith('admin-key'))).toEqual(['admin-key'])
    expect(await works(db, first.key)).toBe(true)
    expect(await start(db, place)).toEqual({ ...first, isNew: false })
  })

  it('is one key of one administrator however many nodes start at once', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    const results = await Promise.all(Array.from({ length: 8 }, () => start(db, place)))
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(results.map(({ key }) => key)).size).toBe(1)
    expect(await works(db, results[0]?.key)).toBe(true)
    expect(await db.query.selectFrom('users').select(['email', 'role']).execute()).toEqual([
      { email: firstAdministratorEmail, role: 'admin' },
    ])
  })

  it('follows QUORY_API_KEY, and the one before stops working', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    const made = await start(db, place)
    for (const [key, before] of [
      ['first choice', made.key],
      ['second choice', 'first choice'],
      ['first choice', 'second choice'],
    ]) {
      expect(await start(db, place, key)).toEqual({ userId: made.userId, key, isNew: false, isRevoked: false })
      expect([await works(db, key), await works(db, before)]).toEqual([true, false])
    }
  })

  it('stays revoked over a restart, until another is set', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    await start(db, place, 'leaked')
    await revoke(db, 'leaked')
    expect(await start(db, place, 'leaked')).toMatchObject({ key: 'leaked', isRevoked: true })
    expect(await works(db, 'leaked')).toBe(false)
    expect(await start(db, place, 'another')).toMatchObject({ isRevoked: false })
    await expect(start(db, place, 'leaked')).rejects.toThrow('choose another')
    expect([await works(db, 'leaked'), await works(db, 'another')]).toEqual([false, true])
  })

  it('is not a key that was made through the API', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    const { key } = await start(db, place)
    const first = await firstPrincipal(db, key ?? '')
    const other = makeApiKey()
    await createApiKey(db.query, first, { userId: first.userId, key: other, scope: 'read' })
    await expect(start(db, place, other)).rejects.toThrow('choose another')
    expect(await works(db, key)).toBe(true)
  })

  it('is refused in words when its file holds something else', async () => {
    await using place = await createTestDatabase(engine)
    await using db = await openMigrated(place)
    writeFileSync(firstKeyPath(place.dataDir), 'notes\n')
    await expect(start(db, place)).rejects.toThrow('does not hold a key that Quory made')
  })
})

describe('with SQLite', () => {
  it('the key in the folder takes over when QUORY_API_KEY is no longer set', async () => {
    await using place = await createTestDatabase('sqlite')
    await using db = await openMigrated(place)
    const made = await start(db, place)
    await start(db, place, 'chosen')
    expect(await start(db, place)).toEqual({ ...made, isNew: false })
    expect([await works(db, made.key), await works(db, 'chosen')]).toEqual([true, false])
  })

  it('a key that was revoked is replaced once its file is removed, and not before', async () => {
    await using place = await createTestDatabase('sqlite')
    await using db = await openMigrated(place)
    const made = await start(db, place)
    await revoke(db, made.key)
    expect(await start(db, place)).toMatchObject({ key: made.key, isRevoked: true })
    await start(db, place, 'chosen')
    await expect(start(db, place)).rejects.toThrow('was revoked; remove it')
    rmSync(firstKeyPath(place.dataDir))
    const next = await start(db, place)
    expect([next.isNew, await works(db, next.key), await works(db, made.key)]).toEqual([true, true, false])
  })
})

describe('in a cluster', () => {
  it.each([undefined, 'chosen'])(
    'a node that does not know the key leaves it alone (QUORY_API_KEY of the others: %s)',
    async (key) => {
      await using place = await createTestDatabase('postgres')
      const dataDir = mkdtempSync(join(tmpdir(), 'quory-node-'))
      onTestFinished(() => rmSync(dataDir, { recursive: true }))
      await using db = await openMigrated(place)
      const made = await start(db, place, key)
      const second = await start(db, { ...place, dataDir })
      expect(second).toEqual({ userId: made.userId, key: undefined, isNew: false, isRevoked: false })
      expect(await works(db, made.key)).toBe(true)
      expect(readdirSync(dataDir)).toEqual([])
    },
  )
})
