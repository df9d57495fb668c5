import { describe, expect, it } from 'vitest'
import { hashApiKey, isApiKey, keyPrefix, makeApiKey, makeQuivrKey } from './api-key.ts'

describe('a key', () => {
  it('is qk_ and base62 letters that hold 160 random bits even without those that are shown', () => {
    const keys = Array.from({ length: 500 }, () => makeApiKey())
    expect(new Set(keys).size).toBe(500)
    expect(keys.every(isApiKey)).toBe(true)
    const key = keys[0] ?? ''
    const hidden = key.length - keyPrefix(key).length
    expect(hidden * Math.log2(62)).toBeGreaterThanOrEqual(160)
  })

  it('uses every letter of its alphabet about equally often', () => {
    const letters = Array.from({ length: 2_000 }, () => makeApiKey()).flatMap((key) => [...key.slice(3)])
    const counts = Map.groupBy(letters, (letter) => letter)
    expect(counts.size).toBe(62)
    // 64,000 letters, about 1,032 each; 200 is more than six standard deviations.
    for (const { length } of counts.values()) expect(Math.abs(length - 1_032)).toBeLessThan(200)
  })

  it("of Quivr's kind is 32 lower-case hex characters", () => {
    expect(makeQuivrKey()).toMatch(/^[0-9a-f]{32}$/)
    expect(keyPrefix(makeQuivrKey())).toHaveLength(4)
  })

  it('that is short shows nothing of itself', () => {
    expect(keyPrefix('open sesame')).toBe('')
  })

  it('is stored as its SHA-256', () => {
    expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
