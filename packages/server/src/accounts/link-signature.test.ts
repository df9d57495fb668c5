import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { replaceFirstKey } from './api-key-store.ts'
import { isLinkValid, signLink } from './link-signature.ts'
import { ensureFirstAdministrator } from './user-store.ts'

describe.each(engines)('a signed link on %s', (engine) => {
  it('fetches what it was signed for, until it expires or the key is replaced', async () => {
    await using db = await openTestDatabase(engine)
    const userId = await ensureFirstAdministrator(db.query)
    await replaceFirstKey(db.query, userId, 'first', 'first')
    const link = await signLink(db.query, 'a/b', 60_000)
    expect(await isLinkValid(db.query, 'a/b', link)).toBe(true)
    expect(await isLinkValid(db.query, 'a/c', link)).toBe(false)
    expect(await isLinkValid(db.query, 'a/b', { ...link, expires: link.expires + 1 })).toBe(false)
    expect(await isLinkValid(db.query, 'a/b', { ...link, signature: `${link.signature}=` })).toBe(false)
    expect(await isLinkValid(db.query, 'a/b', await signLink(db.query, 'a/b', -1000))).toBe(false)
    await replaceFirstKey(db.query, userId, 'second', 'first')
    expect(await isLinkValid(db.query, 'a/b', link)).toBe(false)
  })
})
