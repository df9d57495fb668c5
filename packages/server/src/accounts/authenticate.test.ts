import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { removeUser } from '../../test/support/projects.ts'
import { Secret } from '../config-values.ts'
import type { Database } from '../database/database.ts'
import { createLogger } from '../logger.ts'
import { makeApiKey, makeQuivrKey } from './api-key.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-key-store.ts'
import { createAuthenticator } from './authenticate.ts'
import type { Principal } from './principal.ts'
import type { TokenConfig } from './verify-token.ts'

const noTokens: TokenConfig = { jwtSecret: undefined, jwksUrl: undefined, jwtIssuer: undefined, jwtAudience: undefined }

function startNode(db: Database, config = noTokens) {
  return createAuthenticator({ db, config, logger: createLogger('silent') })
}

/** The same database, with a count of the statements sent through it. */
function countQueries(db: Database) {
  let count = 0
  const query = db.query.withPlugin({
    transformQuery: ({ node }) => {
      count++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { counted: { ...db, query }, queries: () => count }
}

async function aKey(db: Database, principal: Principal, expiresAt?: string) {
  const key = makeApiKey()
  const { id } = await createApiKey(db.query, principal, { userId: principal.userId, key, scope: 'chat', expiresAt })
  return { key, id }
}

function passSeconds(seconds: number): void {
  const from = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: from + seconds * 1000 })
}

afterEach(() => {
  vi.useRealTimers()
})

describe.each(engines)('a key on %s', (engine) => {
  it('is its user with the scope of the key', async () => {
    await using db = await openTestDatabase(engine)
    await using node = startNode(db)
    const ada = await aPrincipal(db, { role: 'admin' })
    const { key } = await aKey(db, ada)
    expect(await node.authenticate(key)).toEqual({ ...ada, scope: 'chat' })
    const quivrKey = makeQuivrKey()
    await createApiKey(db.query, ada, { userId: ada.userId, key: quivrKey })
    expect(await node.authenticate(quivrKey)).toEqual(ada)
    expect(await node.authenticate(makeApiKey())).toBeUndefined()
  })

  it('asks the database once for many requests, at once and in the next seconds', async () => {
    await using db = await openTestDatabase(engine)
    const { counted, queries } = countQueries(db)
    await using node = startNode(counted)
    const ada = await aPrincipal(db)
    const { key } = await aKey(db, ada)
    await Promise.all(Array.from({ length: 50 }, () => node.authenticate(key)))
    passSeconds(3)
    expect(await node.authenticate(key)).toMatchObject({ userId: ada.userId })
    expect(queries()).toBe(1)
    passSeconds(1)
    expect(await node.authenticate(key)).toMatchObject({ userId: ada.userId })
    expect(queries()).toBe(2)
  })

  it('that is wrong is looked up once a second', async () => {
    await using db = await openTestDatabase(engine)
    const { counted, queries } = countQueries(db)
    await using node = startNode(counted)
    const wrong = makeApiKey()
    for (let index = 0; index < 20; index++) expect(await node.authenticate(wrong)).toBeUndefined()
    expect(queries()).toBe(1)
    passSeconds(1)
    expect(await node.authenticate(wrong)).toBeUndefined()
    expect(queries()).toBe(2)
  })

  it('that was forgotten is never answered by a check that began before', async () => {
    await using db = await openTestDatabase(engine)
    const { counted, queries } = countQueries(db)
    await using node = startNode(counted)
    const ada = await aPrincipal(db)
    const { key, id } = await aKey(db, ada)
    const early = node.authenticate(key)
    node.forget({ keyId: id })
    await Promise.all([early, node.authenticate(key)])
    expect(queries()).toBe(2)
  })

  it('that is revoked stops at once on the node that revoked it and within 5 s on another', async () => {
    await using db = await openTestDatabase(engine)
    await using node = startNode(db)
    await using other = startNode(db)
    const ada = await aPrincipal(db)
    const { key, id } = await aKey(db, ada)
    expect(await Promise.all([node.authenticate(key), other.authenticate(key)])).not.toContain(undefined)
    await revokeApiKey(db.query, ada, ada.userId, id)
    node.forget({ keyId: id })
    expect(await node.authenticate(key)).toBeUndefined()
    passSeconds(4.9)
    expect(await other.authenticate(key)).toBeUndefined()
  })

  it('that is revoked while it is being checked is not remembered', async () => {
    await using db = await openTestDatabase(engine)
    await using node = startNode(db)
    const ada = await aPrincipal(db)
    const { key, id } = await aKey(db, ada)
    const early = node.authenticate(key)
    await revokeApiKey(db.query, ada, ada.userId, id)
    node.forget({ keyId: id })
    const late = node.authenticate(key)
    await early
    expect(await late).toBeUndefined()
    expect(await node.authenticate(key)).toBeUndefined()
  })

  it('of a user who is deleted or gets another role follows within 5 s, or at once where it is told', async () => {
    await using db = await openTestDatabase(engine)
    await using node = startNode(db)
    await using other = startNode(db)
    const [admin, ada] = [await aPrincipal(db, { role: 'admin' }), await aPrincipal(db)]
    const { key } = await aKey(db, ada)
    await Promise.all([node.authenticate(key), other.authenticate(key)])
    await db.query.updateTable('users').set({ role: 'admin' }).where('id', '=', ada.userId).execute()
    node.forget({ userId: ada.userId })
    expect(await node.authenticate(key)).toMatchObject({ role: 'admin' })
    passSeconds(4.9)
    expect(await other.authenticate(key)).toMatchObject({ role: 'admin' })
    await removeUser(db, admin, ada.userId)
    node.forget({ userId: ada.userId })
    expect(await node.authenticate(key)).toBeUndefined()
    passSeconds(4.9)
    expect(await other.authenticate(key)).toBeUndefined()
  })

  it('stops at its expiry, remembered or not', async () => {
    await using db = await openTestDatabase(engine)
    await using node = startNode(db)
    const ada = await aPrincipal(db)
    const { key } = await aKey(db, ada, new Date(Date.now() + 60_000).toISOString())
    passSeconds(58)
    expect(await node.authenticate(key)).toBeDefined()
    passSeconds(2)
    expect(await node.authenticate(key)).toBeUndefined()
  })

  it('gets its last use written after the request, once a minute', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const { key } = await aKey(db, ada)
    const lastUse = async () => (await listApiKeys(db.query, ada, ada.userId, {})).items[0]?.last_used_at
    async function useOnce() {
      await using node = startNode(db)
      await node.authenticate(key)
    }
    await useOnce()
    const first = await lastUse()
    expect(Date.now() - Date.parse(first ?? '')).toBeLessThan(30_000)
    passSeconds(30)
    await useOnce()
    expect(await lastUse()).toBe(first)
    passSeconds(31)
    await useOnce()
    expect(Date.parse((await lastUse()) ?? '') - Date.parse(first ?? '')).toBeGreaterThanOrEqual(60_000)
  })
})

describe.each(engines)('a credential that is nonsense on %s', (engine) => {
  const part = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text).toString('base64url'))
  const header = fc
    .record({ alg: fc.constantFrom('HS256', 'RS256', 'ES256', 'none', 'constructor', null, 7), kid: fc.string() })
    .map((fields) => Buffer.from(JSON.stringify(fields)).toString('base64url'))
  const nonsense = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.tuple(header, part, part).map((parts) => parts.join('.')),
    fc
      .tuple(
        header,
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
        part,
      )
      .map((parts) => parts.join('.')),
  )

  it('is nobody, whatever its bytes', async () => {
    await using db = await openTestDatabase(engine)
    const jwtSecret = new Secret('a secret')
    await using node = startNode(db, { ...noTokens, jwtSecret, jwksUrl: 'http://127.0.0.1:1/keys' })
    await fc.assert(
      fc.asyncProperty(nonsense, async (credential) => {
        expect(await node.authenticate(credential)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
    for (const credential of ['', '\0', '\ud800', 'qk_', 'x'.repeat(1_000_000), `ey.${'a'.repeat(16_000)}.b`]) {
      expect(await node.authenticate(credential)).toBeUndefined()
    }
  })
})
