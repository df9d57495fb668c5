import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBlock, encodeBlock, hashWord, type IndexedTurn } from './message-block.ts'
import { scoreTurns } from './score-turns.ts'

function aTurn(position: number, text: string): IndexedTurn {
  const words = text.split(' ')
  const counts = Map.groupBy(words, hashWord)
  return { position, length: words.length, words: new Map([...counts].map(([word, list]) => [word, list.length])) }
}

it('a block gives back the wanted words of its turns, whatever they are', () => {
  const turns = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 63 }), fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 20 })),
    { selector: ([place]) => place, maxLength: 64 },
  )
  fc.assert(
    fc.property(fc.nat(10_000), turns, (number, list) => {
      const all = list.map(([place, words]) => aTurn(64 * number + place, words.join(' ')))
      const bytes = encodeBlock(number, all)
      const wanted = new Set(all.flatMap(({ words }) => [...words.keys()]).filter((_, index) => index % 2 === 0))
      const kept = all.map((turn) => ({
        ...turn,
        words: new Map([...turn.words].filter(([word]) => wanted.has(word))),
      }))
      expect(decodeBlock(number, bytes, wanted)).toEqual(kept)
    }),
  )
})

it('of two turns with the same words the one whose neighbours have them too is better', () => {
  const texts = ['bell tower', 'heavy bell', 'bell again', 'nothing', 'at all', 'heavy bell', 'other things', 'more']
  const turns = texts.map((text, position) => aTurn(position, text))
  const wanted = ['heavy', 'bell'].map(hashWord)
  const scored = scoreTurns(new Map([['c', turns]]), wanted)
  expect(scored[0]?.position).toBe(1)
  // A turn without a word of its own is not found, though its neighbour is.
  expect(scored.map(({ position }) => position).toSorted()).toEqual([0, 1, 2, 5])
})
