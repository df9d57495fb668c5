import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { removeUser } from '../../test/support/projects.ts'
import { newId, type UserId } from '../ids.ts'
import { firstAdministratorEmail } from './user.ts'
import {
  createUser,
  ensureFirstAdministrator,
  findOrCreateTokenUser,
  findUser,
  findUserByEmail,
  listUsers,
  type TokenIdentity,
} from './user-store.ts'

function identity(values: Partial<TokenIdentity> = {}): TokenIdentity {
  return { userId: newId<UserId>(), email: 'ada@example.com', isEmailVerified: false, name: undefined, ...values }
}

describe.each(engines)('users on %s', (engine) => {
  it('have an e-mail that is unique whatever its case', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    const user = await createUser(db.query, admin, { email: ' Ada@Example.com ' })
    expect(user).toMatchObject({ email: 'ada@example.com', name: 'ada', role: 'user', email_verified: false })
    expect(await findUserByEmail(db.query, 'ADA@EXAMPLE.COM')).toEqual(user)
    await expect(createUser(db.query, admin, { email: 'ADA@example.COM' })).rejects.toMatchObject({
      code: 'user_exists',
    })
  })

  it('are made and listed by administrators alone', async () => {
    await using db = await openTestDatabase(engine)
    const user = await aPrincipal(db)
    const admin = await aPrincipal(db, { role: 'admin' })
    for (const principal of [user, { ...admin, scope: 'chat' as const }]) {
      await expect(createUser(db.query, principal, { email: 'x@example.com' })).rejects.toMatchObject({
        code: 'forbidden',
      })
      await expect(listUsers(db.query, principal, {})).rejects.toMatchObject({ code: 'forbidden' })
      await expect(removeUser(db, principal, user.userId)).rejects.toMatchObject({ code: 'forbidden' })
    }
    await expect(createUser(db.query, admin, { email: 'not an address' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  it('are listed in pages that neither skip nor repeat while users are added', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    for (let index = 0; index < 6; index++) await aPrincipal(db)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listUsers(db.query, admin, { limit: 3, cursor })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
      if (seen.length === 3) await aPrincipal(db)
    } while (cursor !== undefined)
    expect(seen).toHaveLength(8)
    expect(seen).toEqual([...new Set(seen)].toSorted())
  })
})

describe.each(engines)('the user of a token on %s', (engine) => {
  it('is made once by any number of first visits at once', async () => {
    await using db = await openTestDatabase(engine)
    const token = identity({ isEmailVerified: true, name: 'Ada' })
    const users = await Promise.all(Array.from({ length: 16 }, () => findOrCreateTokenUser(db.query, token)))
    expect(new Set(users.map((user) => user?.id))).toEqual(new Set([token.userId]))
    expect(await findUser(db.query, token.userId)).toMatchObject({ name: 'Ada', role: 'user', email_verified: true })
  })

  it('stays the same when the token comes with another e-mail', async () => {
    await using db = await openTestDatabase(engine)
    const token = identity()
    await findOrCreateTokenUser(db.query, token)
    const again = await findOrCreateTokenUser(db.query, { ...token, email: 'new@example.com' })
    expect(again).toMatchObject({ id: token.userId, email: 'ada@example.com' })
  })

  it('is not another user whose e-mail the issuer did not verify', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db, { role: 'admin' })
    const token = identity({ email: ada.email })
    expect(await findOrCreateTokenUser(db.query, token)).toBeUndefined()
    expect(await findUser(db.query, token.userId)).toBeUndefined()
    expect(await findOrCreateTokenUser(db.query, { ...token, isEmailVerified: true })).toMatchObject({ id: ada.userId })
  })

  it('is never the first administrator, by id or by verified e-mail', async () => {
    await using db = await openTestDatabase(engine)
    const token = identity({ email: firstAdministratorEmail, isEmailVerified: true })
    expect(await findOrCreateTokenUser(db.query, token)).toBeUndefined()
    const userId = await ensureFirstAdministrator(db.query)
    expect(await findOrCreateTokenUser(db.query, token)).toBeUndefined()
    expect(await findOrCreateTokenUser(db.query, { ...token, userId, email: 'x@example.com' })).toBeUndefined()
  })
})

describe.each(engines)('deleting a user on %s', (engine) => {
  it('is refused for oneself and for nobody', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    await expect(removeUser(db, admin, admin.userId)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(removeUser(db, admin, newId<UserId>())).rejects.toMatchObject({ code: 'user_not_found' })
  })

  it('leaves an administrator when all of them delete each other at once', async () => {
    await using db = await openTestDatabase(engine)
    const admins = await Promise.all(Array.from({ length: 4 }, () => aPrincipal(db, { role: 'admin' })))
    const pairs = admins.flatMap((one) => admins.filter((other) => other !== one).map((other) => [one, other] as const))
    await Promise.allSettled(pairs.map(([one, other]) => removeUser(db, one, other.userId)))
    const left = await db.query.selectFrom('users').select('id').where('role', '=', 'admin').execute()
    expect(left).toHaveLength(1)
  })
})
