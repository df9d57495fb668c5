import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BlockReader, findInBlock, packTerms } from './segment-blocks.ts'

const term = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed())
const list = fc.uint8Array({ minLength: 1, maxLength: 600 })

it('finds every term by the last block whose first term is not after it, and no other term', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(term, list), { selector: ([text]) => text, maxLength: 60 }),
      term,
      (entries, other) => {
        const lists = new Map(entries)
        const blocks = packTerms(lists)
        const find = (text: string) => {
          const at = blocks.findLastIndex(({ firstTerm }) => Buffer.from(firstTerm).compare(Buffer.from(text)) <= 0)
          return findInBlock(blocks[at]?.entries ?? new Uint8Array(), text)
        }
        for (const [text, expected] of lists) expect(find(text)).toEqual(expected)
        if (!lists.has(other)) expect(find(other)).toBeUndefined()
        expect(blocks[0]?.firstTerm ?? '').toBe('')
      },
    ),
  )
})

it('keeps terms in the order of their bytes and blocks below two kilobytes', () => {
  const words = Array.from({ length: 3_000 }, (_, i) => `${['a', 'é', 'ﬀ', '𝒳'][i % 4]}${i}`)
  const blocks = packTerms(new Map(words.map((word) => [word, new Uint8Array(5)])))
  const keys = blocks.flatMap(({ entries }) => {
    const reader = new BlockReader(entries)
    const found: string[] = []
    while (reader.next()) found.push(reader.key)
    return found
  })
  expect(keys).toHaveLength(words.length)
  expect(keys).toEqual(keys.toSorted())
  for (const { entries } of blocks) expect(entries.length).toBeLessThanOrEqual(1_750)
  expect(blocks.length).toBeGreaterThan(10)
})

it('gives a long list a block of its own', () => {
  const blocks = packTerms(
    new Map([
      ['a', new Uint8Array(3)],
      ['b', new Uint8Array(9_000)],
      ['c', new Uint8Array(3)],
    ]),
  )
  expect(blocks.map(({ firstTerm }) => firstTerm)).toEqual(['', 'b', 'c'])
})
