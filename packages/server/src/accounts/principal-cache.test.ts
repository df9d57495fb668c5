import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ApiKeyId, newId, type UserId } from '../ids.ts'
import { type CheckedCredential, createPrincipalCache } from './principal-cache.ts'

const start = Date.parse('2026-11-22T10:00:00.000Z')

function aChecked(endsAtMs = Number.POSITIVE_INFINITY): CheckedCredential & { principal: { userId: UserId } } {
  const principal = { userId: newId<UserId>(), email: 'ada@example.com', role: 'user', scope: 'admin' } as const
  return { principal, keyId: newId<ApiKeyId>(), endsAtMs }
}

const nobody: CheckedCredential = { principal: undefined, keyId: undefined, endsAtMs: Number.POSITIVE_INFINITY }

describe('the cache of checked credentials', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('counts the age of an entry from before its check began', () => {
    const cache = createPrincipalCache()
    const keep = cache.beginCheck()
    vi.setSystemTime(start + 3_000)
    keep('hash', aChecked())
    expect(cache.find('hash')).toBeDefined()
    vi.setSystemTime(start + 4_000)
    expect(cache.find('hash')).toBeUndefined()
  })

  it('keeps a failure for a second only, and nothing beyond the end of the credential', () => {
    const cache = createPrincipalCache()
    cache.beginCheck()('failure', nobody)
    cache.beginCheck()('ending', aChecked(start + 500))
    vi.setSystemTime(start + 499)
    expect([cache.find('failure'), cache.find('ending')]).toEqual([expect.anything(), expect.anything()])
    vi.setSystemTime(start + 500)
    expect([cache.find('failure'), cache.find('ending')]).toEqual([expect.anything(), undefined])
    vi.setSystemTime(start + 1_000)
    expect(cache.find('failure')).toBeUndefined()
  })

  it('trusts no entry from the future after the clock was set back', () => {
    const cache = createPrincipalCache()
    cache.beginCheck()('hash', aChecked())
    vi.setSystemTime(start - 3_600_000)
    expect(cache.find('hash')).toBeUndefined()
  })

  it('does not keep what was read before something was forgotten', () => {
    const cache = createPrincipalCache()
    const keep = cache.beginCheck()
    cache.forget({ userId: newId<UserId>() })
    keep('hash', aChecked())
    expect(cache.find('hash')).toBeUndefined()
  })

  it('forgets a key, or all of a user, and nothing else', () => {
    const cache = createPrincipalCache()
    const [first, second, third] = [aChecked(), aChecked(), aChecked()]
    for (const [hash, checked] of Object.entries({ first, second, third })) cache.beginCheck()(hash, checked)
    if (first.keyId !== undefined) cache.forget({ keyId: first.keyId })
    cache.forget({ userId: second.principal.userId })
    expect(['first', 'second', 'third'].map((hash) => cache.find(hash)?.principal?.userId)).toEqual([
      undefined,
      undefined,
      third.principal.userId,
    ])
  })

  it('is bounded, and nonsense pushes out only nonsense', () => {
    const cache = createPrincipalCache()
    cache.beginCheck()('mine', aChecked())
    for (let index = 0; index < 50_000; index++) cache.beginCheck()(`nonsense ${index}`, nobody)
    expect(cache.find('mine')).toBeDefined()
    expect(cache.size()).toBe(1_001)
    for (let index = 0; index < 50_000; index++) cache.beginCheck()(`key ${index}`, aChecked())
    expect(cache.size()).toBe(11_000)
  })
})
