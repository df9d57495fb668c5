import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { locateInPassage } from '../retrieval/passage.ts'
import { DocumentBuilder } from './parsers/document-builder.ts'
import { splitPassages } from './split-passages.ts'

function wordsOf(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}

/** Sentences of nine words, told apart by their number. */
function sentences(count: number, from = 0): string {
  return Array.from({ length: count }, (_, i) => `Sentence ${from + i} has seven more words in it here.`).join(' ')
}

describe('passages', () => {
  it('hold whole sentences, about 180 words, the last ones again in the next', () => {
    const builder = new DocumentBuilder()
    builder.addBlock('paragraph', sentences(40))
    const passages = splitPassages(builder.build(), 'en')
    expect(passages.map((passage) => wordsOf(passage.text))).toEqual([180, 180, 54])
    expect(passages.every((passage) => /^Sentence.*here\.$/s.test(passage.text))).toBe(true)
    expect(passages[1]?.text.startsWith('Sentence 17 ')).toBe(true)
  })

  it('end with a paragraph once they are half full', () => {
    const builder = new DocumentBuilder()
    for (let i = 0; i < 4; i++) builder.addBlock('paragraph', sentences(6, i * 10))
    const passages = splitPassages(builder.build(), 'en')
    expect(passages.map((passage) => passage.text.match(/\d+/g)?.at(-1))).toEqual(['15', '35'])
  })

  it('begin anew with a section, keep its heading in the path and repeat nothing of the one before', () => {
    const builder = new DocumentBuilder()
    builder.addHeading(1, 'Pumps')
    builder.addBlock('paragraph', sentences(12))
    builder.addHeading(2, 'Care')
    builder.addBlock('paragraph', sentences(3, 50))
    const passages = splitPassages(builder.build(), 'en')
    expect(passages.map(({ headingPath }) => headingPath)).toEqual([['Pumps'], ['Pumps', 'Care']])
    expect(passages[1]?.text).toBe(sentences(3, 50))
  })

  it('that hold several short sections name what all stand under and keep the headings in their text', () => {
    const builder = new DocumentBuilder()
    builder.addHeading(1, 'Glossary')
    for (const term of ['Axle', 'Bolt']) {
      builder.addHeading(2, term)
      builder.addBlock('paragraph', `The ${term} is a part.`)
    }
    expect(splitPassages(builder.build(), 'en')).toMatchObject([
      {
        headingPath: ['Glossary'],
        text: 'Axle\n\nThe Axle is a part.\n\nBolt\n\nThe Bolt is a part.',
        changes: [
          { start: 10, headingPath: ['Glossary', 'Axle'], row: null },
          { start: 37, headingPath: ['Glossary', 'Bolt'], row: null },
        ],
      },
    ])
  })

  it('of one section have no changes within', () => {
    const builder = new DocumentBuilder()
    builder.addHeading(1, 'Pumps')
    builder.addBlock('paragraph', sentences(3))
    builder.addBlock('list-item', sentences(3, 10))
    expect(splitPassages(builder.build(), 'en')).toMatchObject([{ headingPath: ['Pumps'], changes: null }])
  })

  it('never cross a page, but a sentence may', () => {
    const builder = new DocumentBuilder()
    builder.page = 1
    builder.addBlock('paragraph', 'First. The second begins here')
    builder.page = 2
    builder.addBlock('paragraph', 'and ends there. Third.', { continues: true })
    expect(splitPassages(builder.build(), 'en')).toMatchObject([
      { page: 1, text: 'First. The second begins here and ends there.' },
      { page: 2, text: 'Third.' },
    ])
  })

  it('hold whole rows of one sheet and say which', () => {
    const builder = new DocumentBuilder()
    for (const sheet of ['A', 'B']) {
      builder.restartHeadings([sheet])
      builder.sheet = sheet
      for (let row = 1; row <= 30; row++)
        builder.addBlock('table-row', `Name: one two three; Row: ${row}; Note: four five six`, { row })
    }
    const passages = splitPassages(builder.build(), 'en')
    expect(passages.map(({ sheet, rowStart, rowEnd }) => [sheet, rowStart, rowEnd])).toEqual([
      ['A', 1, 18],
      ['A', 19, 30],
      ['B', 1, 18],
      ['B', 19, 30],
    ])
    expect(passages[1]?.text.startsWith('Name: one two three; Row: 19;')).toBe(true)
    for (const { start, text, changes, sheet } of passages) {
      expect(changes?.map((change) => change.headingPath)).toEqual(changes?.map(() => [sheet]))
      const rows = changes?.map((change) => /Row: (\d+)/.exec(text.slice(change.start - start))?.[1])
      expect(rows).toEqual(changes?.map(({ row }) => String(row)))
    }
  })

  it('cut what has no end, never within a character', () => {
    const builder = new DocumentBuilder()
    builder.addBlock('paragraph', '🙂'.repeat(9_000))
    builder.addBlock('paragraph', '水'.repeat(2_000))
    const passages = splitPassages(builder.build(), 'zh')
    expect(passages.length).toBeGreaterThan(8)
    expect(passages.every(({ text }) => text.isWellFormed() && text.length <= 4_600)).toBe(true)
  })

  it('make a heading alone findable', () => {
    const builder = new DocumentBuilder()
    builder.page = 1
    builder.addHeading(1, 'Thank you')
    expect(splitPassages(builder.build(), 'en')).toMatchObject([{ text: 'Thank you', headingPath: [], page: 1 }])
  })
})

const kinds = ['heading', 'paragraph', 'list-item', 'code', 'table-row', 'caption', 'note'] as const
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.lorem({ maxCount: 40, mode: 'sentences' }),
  fc.lorem({ maxCount: 400 }),
)
const blocks = fc.array(fc.tuple(fc.constantFrom(...kinds), text, fc.nat(3), fc.nat(9)), { maxLength: 30 })

it('whatever the document, a passage is its range and knows the section of every block, all text but headings is in one, and none is too long', () => {
  fc.assert(
    fc.property(blocks, (list) => {
      const builder = new DocumentBuilder()
      builder.page = 1
      for (const [kind, content, level, turn] of list) {
        if (turn === 9) builder.page++
        if (kind === 'heading') builder.addHeading(level, content)
        else builder.addBlock(kind, content, { continues: turn === 8 })
      }
      const document = builder.build()
      const passages = splitPassages(document, 'en')
      const covered = new Uint8Array(document.text.length)
      for (const passage of passages) {
        expect(document.text.slice(passage.start, passage.end)).toBe(passage.text)
        expect(passage.text.trim()).not.toBe('')
        expect(passage.text.isWellFormed()).toBe(true)
        expect(passage.text.length).toBeLessThan(10_000)
        covered.fill(1, passage.start, passage.end)
        for (const { start, end, headingPath } of document.blocks) {
          if (start < passage.start || end > passage.end) continue
          expect(locateInPassage(passage, { start, end }).headingPath).toEqual(headingPath)
        }
      }
      for (const { kind, start, end } of document.blocks) {
        if (kind === 'heading') continue
        for (let at = start; at < end; at++) if (covered[at] === 0) expect(document.text[at]).toMatch(/\s/)
      }
    }),
    { numRuns: 200 },
  )
})
