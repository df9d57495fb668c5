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

it('is the same when it is made of lists that are moved on and appended', () => {
  fc.assert(
    fc.property(ascending, fc.array(fc.nat(100), { maxLength: 4 }), (postings, cuts) => {
      const ends = [...cuts.map((cut) => Math.floor((cut * postings.length) / 100)), postings.length].toSorted(
        (a, b) => a - b,
      )
      const writer = new PostingListWriter()
      for (const [i, end] of ends.entries()) {
        const part = postings.slice(ends[i - 1] ?? 0, end)
        const shift = part[0]?.ordinal ?? 0
        writer.append(encode(part.map(({ ordinal, frequency }) => ({ ordinal: ordinal - shift, frequency }))), shift)
      }
      expect(Buffer.from(writer.take())).toEqual(Buffer.from(encode(postings)))
    }),
  )
})

it('takes one byte for a passage that holds the term once and is not far from the one before', () => {
  const list = encode(Array.from({ length: 100 }, (_, i) => ({ ordinal: i * 60, frequency: 1 })))
  expect(list.length).toBe(101)
})
