import { expect, it } from 'vitest'
import { findQuote } from './find-quote.ts'

function marked(strings: readonly string[], quote: string): readonly string[] {
  return findQuote(strings, quote).map(({ index, start, end }) => strings[index]?.slice(start, end) ?? '')
}

it('finds a quote that goes over several lines, with a word that is cut at a line end', () => {
  const strings = ['1 Holidays', 'Every employee has twenty-', 'five days of paid holi-', 'day a year. And more.']
  expect(marked(strings, 'twenty-five days of paid holiday a year.')).toEqual([
    'twenty',
    'five days of paid holi',
    'day a year',
  ])
})

it('reads ligatures as the letters they stand for', () => {
  expect(marked(['The oﬃce ﬁles'], 'office files')).toEqual(['oﬃce ﬁles'])
})

it('finds the part of a quote that is on this page', () => {
  const quote = 'The last words of this page are here, and the first of the next page are there.'
  expect(marked(['and The last words of this page are here'], quote)).toEqual(['The last words of this page are here'])
})

it('finds nothing that is not there', () => {
  expect(findQuote(['Something else'], 'The bell weighs four tons')).toEqual([])
  expect(findQuote([], 'x')).toEqual([])
  expect(findQuote(['x'], '…')).toEqual([])
})
