import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EntryReader, encodeEntries, type PassageEntry } from './posting-entries.ts'

function decode(bytes: Uint8Array): PassageEntry[] {
  const reader = new EntryReader()
  reader.open(bytes)
  return Array.from({ length: reader.count }, () => {
    reader.next()
    return { number: reader.number, frequency: reader.frequency, length: reader.length }
  })
}

it('reads back what was written, of any size', () => {
  const count = fc.integer({ min: 0, max: 2 ** 40 })
  const list = fc.uniqueArray(fc.record({ number: count, frequency: count, length: count }), {
    selector: (e) => e.number,
  })
  fc.assert(
    fc.property(list, (unsorted) => {
      const entries = unsorted.toSorted((a, b) => a.number - b.number)
      expect(decode(encodeEntries(entries))).toEqual(entries)
    }),
  )
})

it('tells how many passages there are and the last of them without reading on', () => {
  const reader = new EntryReader()
  reader.open(
    encodeEntries([
      { number: 3, frequency: 1, length: 90 },
      { number: 300, frequency: 2, length: 120 },
    ]),
  )
  expect([reader.count, reader.lastNumber]).toEqual([2, 300])
})

it('takes three bytes for a usual passage', () => {
  const entries = Array.from({ length: 100 }, (_, number) => ({ number, frequency: 2, length: 95 }))
  expect(encodeEntries(entries).length).toBe(302)
})
