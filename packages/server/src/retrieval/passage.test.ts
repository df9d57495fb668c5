import { describe, expect, it } from 'vitest'
import { commonPath, locateInPassage } from './passage.ts'

const passage = {
  headingPath: ['Handbook'],
  rowStart: 2,
  rowEnd: 3,
  changes: [
    { start: 100, headingPath: ['Handbook', 'Hours'], row: null },
    { start: 200, headingPath: ['Handbook', 'Prices'], row: 2 },
    { start: 210, headingPath: ['Handbook', 'Prices'], row: 3 },
  ],
}

describe('the place of a range within a passage', () => {
  it.each([
    [100, 150, ['Handbook', 'Hours'], null, null],
    [150, 200, ['Handbook', 'Hours'], null, null],
    [200, 210, ['Handbook', 'Prices'], 2, 2],
    [205, 211, ['Handbook', 'Prices'], 2, 3],
    [215, 400, ['Handbook', 'Prices'], 3, 3],
    [150, 220, ['Handbook'], 2, 3],
  ])('from %i to %i is %j, rows %j to %j', (start, end, headingPath, rowStart, rowEnd) => {
    expect(locateInPassage(passage, { start, end })).toEqual({ headingPath, rowStart, rowEnd })
  })

  it('is the passage’s own where nothing changes', () => {
    const whole = { headingPath: ['A', 'B'], rowStart: 4, rowEnd: 4, changes: null }
    expect(locateInPassage(whole, { start: 3, end: 5 })).toEqual({ headingPath: ['A', 'B'], rowStart: 4, rowEnd: 4 })
  })
})

it('several paths have in common what they begin with', () => {
  expect(commonPath([])).toEqual([])
  expect(commonPath([['A', 'B', 'C']])).toEqual(['A', 'B', 'C'])
  expect(
    commonPath([
      ['A', 'B', 'C'],
      ['A', 'B'],
    ]),
  ).toEqual(['A', 'B'])
  expect(commonPath([['A'], ['B']])).toEqual([])
})
