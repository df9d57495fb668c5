import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CutText, cutText } from './cut-text.ts'

const lines = fc.constantFrom(
  'A paragraph of some words that goes on for a while, as paragraphs in answers do.',
  '',
  '```ts',
  '```',
  '~~~',
  '````',
  '    indented',
  '- an item',
  '1. a numbered item',
  '| a | b |',
  '$$',
  '\\[ x',
  'x \\]',
  '# A heading',
  'const a = `b`',
)

function pieces(cut: CutText) {
  return cut.open === undefined ? cut.settled : [...cut.settled, cut.open]
}

it('comes to the same pieces however the text arrived', () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 400 }), fc.array(fc.nat(40_000), { maxLength: 12 }), (all, places) => {
      const text = all.join('\n')
      let cut: CutText | undefined
      for (const place of places.toSorted((a, b) => a - b)) {
        const grown = cutText(text.slice(0, place), { isEnded: false, before: cut })
        // What was settled stays, and in the same objects, so that nothing of it is shown anew.
        for (const [index, piece] of (cut?.settled ?? []).entries()) expect(grown.settled[index]).toBe(piece)
        cut = grown
      }
      expect(pieces(cutText(text, { isEnded: true, before: cut }))).toEqual(pieces(cutText(text, { isEnded: true })))
    }),
  )
})

it('leaves out nothing', () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 300 }), (all) => {
      const text = all.join('\n')
      const cut = pieces(cutText(text, { isEnded: true }))
      const starts = [...cut.map(({ start }) => start), text.length]
      expect(starts[0]).toBe(0)
      for (const [index, piece] of cut.entries()) {
        const whole = text.slice(piece.start, starts[index + 1])
        expect(piece.type === 'prose' ? piece.text === whole : whole.includes(piece.code)).toBe(true)
      }
    }),
  )
})

it('makes every fence a piece, with its language', () => {
  const text = 'Before\n```py title="x"\nprint(1)\n\n\nprint(2)\n```\nAfter'
  expect(pieces(cutText(text, { isEnded: true }))).toEqual([
    { type: 'prose', start: 0, text: 'Before\n' },
    { type: 'code', start: 7, language: 'py', code: 'print(1)\n\n\nprint(2)', isClosed: true },
    { type: 'prose', start: 47, text: 'After' },
  ])
})

it('does not show the first ticks of a closing fence as code', () => {
  expect(cutText('```\ncode\n``', { isEnded: false }).open).toMatchObject({ code: 'code', isClosed: false })
  expect(cutText('```\ncode\n```', { isEnded: true }).settled).toMatchObject([{ code: 'code', isClosed: true }])
})

it('keeps what is open of a very long answer short', () => {
  const text = 'A paragraph of words.\n\n'.repeat(10_000)
  const { open } = cutText(text, { isEnded: false })
  expect(open?.type === 'prose' ? open.text.length : 0).toBeLessThan(9_000)
})
