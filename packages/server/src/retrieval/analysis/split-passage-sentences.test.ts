import { expect, it } from 'vitest'
import { splitPassageSentences } from './split-passage-sentences.ts'
import { splitSentences } from './split-sentences.ts'

const rows = ['🚢 one | carries coal and timber | 31 May', '🚢 two | carries coal and timber | 12 May']
const text = rows.join('\n')
const headingPath: readonly string[] = []

it('a sentence never reaches from one row into the next, although the lines look like one wrapped sentence', () => {
  expect(splitSentences(text, 'en')).toHaveLength(1)
  const second = [...(rows[0] ?? ''), '\n'].length
  const changes = [
    { start: 50, headingPath, row: 1 },
    { start: 50 + second, headingPath, row: 2 },
  ]
  const ranges = splitPassageSentences({ text, language: 'en', start: 50, changes })
  expect(ranges.map(({ start, end }) => text.slice(start, end))).toEqual(rows)
})

it('text without rows is cut as any other', () => {
  const prose = 'One heading\n\nA sentence. Another one.'
  const changes = [
    { start: 0, headingPath: ['One heading'], row: null },
    { start: 13, headingPath: [], row: null },
  ]
  for (const known of [null, changes]) {
    expect(splitPassageSentences({ text: prose, language: 'en', start: 0, changes: known })).toEqual(
      splitSentences(prose, 'en'),
    )
  }
})
