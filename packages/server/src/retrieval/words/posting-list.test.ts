import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countPostings, forEachPosting, PostingListWriter } from './posting-list.ts'

interface Posting {
  readonly ordinal: number
  readonly frequency: number
}

function encode(postings: readonly Posting[]): Uint8Array {
  const writer = new PostingListWriter()
  for (const { ordinal, frequency } of postings) writer.add(ordinal, frequency)
  return writer.take()
}

function decode(list: Uint8Array): Posting[] {
  const postings: Posting[] = []
  forEachPosting(list, (ordinal, frequency) => postings.push({ ordinal, frequency }))
  return postings
}

const posting = fc.record({ ordinal: fc.nat(2 ** 30), frequency: fc.integer({ min: 1, max: 2 ** 30 }) })
const ascending = fc
  .uniqueArray(posting, { selector: ({ ordinal }) => ordinal })
  .map((postings) => postings.toSorted((a, b) => a.ordinal - b.ordinal))

it('reads back what was written, and tells how many there are without reading on', () => {
  fc.assert(
    fc.property(ascending, (postings) => {
      const list = encode(postings)
      expect(decode(list)).toEqual(postings)
      expect(countPostings(list)).toBe(postings.length)
    }),
  )
})

it('takes one byte for a passage that holds the term once and is not far from the one before', () => {
  const list = encode(Array.from({ length: 100 }, (_, i) => ({ ordinal: i * 60, frequency: 1 })))
  expect(list.length).toBe(101)
})
