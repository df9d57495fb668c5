import { describe, expect, it } from 'vitest'
import { parseId } from '../ids.ts'
import {
  createSeededIds,
  hashIdempotencyKey,
  isIdempotencyKey,
  makeSeed,
  openBody,
  sealBody,
} from './idempotency-key.ts'
import type { Principal } from './principal.ts'

const createdAt = '2026-11-22T20:13:48.123Z'

function take(ids: ReturnType<typeof createSeededIds>, count: number): string[] {
  return Array.from({ length: count }, () => ids.next())
}

describe('ids that follow from a seed', () => {
  it('are the same in every run, in order, and carry the time of the first', () => {
    const of = { key: 'k', seed: makeSeed(), createdAt }
    const first = take(createSeededIds(of, 'nothing'), 200)
    expect(take(createSeededIds(of, 'perhaps'), 200)).toEqual(first)
    expect(new Set(first).size).toBe(200)
    expect(first.toSorted()).toEqual(first)
    for (const id of first) {
      expect(parseId(id)).toBe(id)
      expect(id).toMatch(/^.{14}7.{4}[89ab]/)
      expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.parse(createdAt))
    }
  })

  it('are others for every other seed, whatever the key', () => {
    const seeds = Array.from({ length: 100 }, makeSeed)
    const ids = seeds.flatMap((seed) => take(createSeededIds({ key: 'k', seed, createdAt }, 'nothing'), 3))
    expect(new Set(ids).size).toBe(300)
  })
})

describe('secrets of a keyed request', () => {
  it('are the same again for the same key and seed only, and each is another', () => {
    const seed = makeSeed()
    const secrets = (key: string, of = seed) => {
      const ids = createSeededIds({ key, seed: of, createdAt }, 'nothing')
      return [ids.secret(48).toString('hex'), ids.secret(48).toString('hex')]
    }
    expect(secrets('k')).toEqual(secrets('k'))
    expect(new Set([...secrets('k'), ...secrets('l'), ...secrets('k', makeSeed())]).size).toBe(6)
  })
})

describe('a kept body', () => {
  it('is opened with the key it was sealed with, and with no other', () => {
    const by = { key: 'k', seed: makeSeed() }
    const text = '{"key":"qk_é😀"}'
    const sealed = sealBody(by, text)
    expect(openBody(by, sealed)).toBe(text)
    expect(sealed.toString('latin1')).not.toContain('qk_')
    expect(sealBody(by, text)).not.toEqual(sealed)
    for (const other of [
      { ...by, key: 'l' },
      { ...by, seed: makeSeed() },
    ]) {
      expect(() => openBody(other, sealed)).toThrow()
    }
  })
})

describe('an Idempotency-Key', () => {
  it('is 1 to 255 printable characters', () => {
    for (const key of ['a', ' ', '"8e03978e-40d5"', '~'.repeat(255)]) expect(isIdempotencyKey(key), key).toBe(true)
    for (const key of ['', 'a'.repeat(256), 'é', 'a\n', '\x7f']) expect(isIdempotencyKey(key), key).toBe(false)
  })

  it('is found by another hash for each user and scope', () => {
    const of = (userId: string, scope: Principal['scope'], key: string) =>
      // Any text will do for a hash.
      hashIdempotencyKey({ userId: userId as Principal['userId'], scope, email: '', role: 'user' }, key)
    const hashes = [of('a', 'chat', 'k'), of('b', 'chat', 'k'), of('a', 'admin', 'k'), of('a', 'chat', 'l')]
    expect(new Set(hashes).size).toBe(4)
    expect(of('a', 'chat', 'k')).toBe(hashes[0])
  })
})
