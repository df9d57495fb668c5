import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { newId, type UserId } from '../ids.ts'
import { hashApiKey, makeApiKey } from './api-key.ts'
import { createApiKey, findKeyOwner, listApiKeys, recordKeyUse, revokeApiKey } from './api-key-store.ts'

describe.each(engines)('keys on %s', (engine) => {
  it('are listed by name, prefix, scope and dates, and never by secret or hash', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const key = makeApiKey()
    const expiresAt = '2030-01-01T00:00:00.000Z'
    const made = await createApiKey(db.query, ada, {
      userId: ada.userId,
      key,
      name: 'laptop',
      scope: 'chat',
      expiresAt,
    })
    const { items } = await listApiKeys(db.query, ada, ada.userId, {})
    expect(items).toEqual([made])
    expect(made).toEqual({
      id: expect.any(String),
      user_id: ada.userId,
      name: 'laptop',
      prefix: key.slice(0, 8),
      scope: 'chat',
      created_at: expect.stringMatching(/Z$/),
      expires_at: expiresAt,
      last_used_at: null,
    })
    const stored = JSON.stringify(await db.query.selectFrom('api_keys').selectAll().execute())
    expect(stored).toContain(hashApiKey(key))
    expect(stored).not.toContain(key.slice(8))
  })

  it('are gone from the list and belong to nobody once revoked', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const key = makeApiKey()
    const { id } = await createApiKey(db.query, ada, { userId: ada.userId, key })
    expect(await findKeyOwner(db.query, hashApiKey(key))).toMatchObject({
      keyId: id,
      userId: ada.userId,
      scope: 'admin',
    })
    expect(await revokeApiKey(db.query, ada, ada.userId, id)).toBe(true)
    expect(await revokeApiKey(db.query, ada, ada.userId, id)).toBe(false)
    expect(await findKeyOwner(db.query, hashApiKey(key))).toBeUndefined()
    expect((await listApiKeys(db.query, ada, ada.userId, {})).items).toEqual([])
  })

  it("are out of reach for another user, as if the user were not there, and in an administrator's", async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve] = [await aPrincipal(db), await aPrincipal(db)]
    const admin = await aPrincipal(db, { role: 'admin' })
    const { id } = await createApiKey(db.query, admin, { userId: ada.userId, key: makeApiKey() })
    const unknown = newId<UserId>()
    for (const userId of [ada.userId, unknown]) {
      const notFound = { code: 'user_not_found', message: `User with ID ${userId} not found` }
      await expect(listApiKeys(db.query, eve, userId, {})).rejects.toMatchObject(notFound)
      await expect(createApiKey(db.query, eve, { userId, key: makeApiKey() })).rejects.toMatchObject(notFound)
      await expect(revokeApiKey(db.query, eve, userId, id)).rejects.toMatchObject(notFound)
    }
    expect(await revokeApiKey(db.query, eve, eve.userId, id)).toBe(false)
    await expect(createApiKey(db.query, admin, { userId: unknown, key: makeApiKey() })).rejects.toMatchObject({
      code: 'user_not_found',
    })
    expect(await revokeApiKey(db.query, admin, ada.userId, id)).toBe(true)
  })

  it('for less than everything make and revoke no keys', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db, { scope: 'chat' })
    const refused = { code: 'insufficient_scope' }
    await expect(createApiKey(db.query, ada, { userId: ada.userId, key: makeApiKey() })).rejects.toMatchObject(refused)
    await expect(revokeApiKey(db.query, ada, ada.userId, newId())).rejects.toMatchObject(refused)
  })

  it('note their last use at most once in the time given', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const { id } = await createApiKey(db.query, ada, { userId: ada.userId, key: makeApiKey() })
    const lastUse = async () => (await listApiKeys(db.query, ada, ada.userId, {})).items[0]?.last_used_at
    await recordKeyUse(db.query, [id], 60_000)
    const first = await lastUse()
    expect(Date.now() - Date.parse(first ?? '')).toBeLessThan(60_000)
    await db.query.updateTable('api_keys').set({ last_used_at: '2026-01-01T00:00:00.000Z' }).execute()
    await recordKeyUse(db.query, [id], 60_000)
    const second = await lastUse()
    expect(second).not.toBe('2026-01-01T00:00:00.000Z')
    await db.query.updateTable('api_keys').set({ last_used_at: '2100-01-01T00:00:00.000Z' }).execute()
    await recordKeyUse(db.query, [id], 60_000)
    expect(await lastUse()).toBe('2100-01-01T00:00:00.000Z')
  })
})
