import { expect, it } from 'vitest'
import { holdsNumbers } from './claim-numbers.ts'

it.each([
  ['It weighs 417 grams', 'weighs 417 g', true],
  ['It weighs 500 grams', 'weighs 417 g', false],
  ['It has eleven rooms', 'It has 12 rooms', true],
  ['It has 11 rooms', 'It has eleven rooms', true],
  ['It has 12 rooms', 'It has eleven rooms', false],
  ['It cost 1,000 euros', 'cost 1.000 Euro', true],
  ['It cost 1 000 euros', 'cost 1000 Euro', true],
  ['It cost 4.50', 'cost 4,5', true],
  ['1.2 million people', '1,200,000 people', true],
  ['1,200,000 people', '1.2 million people', true],
  ['1.3 million people', '1,200,000 people', false],
  ['On 25.11.2026', 'on 25 November 2026', true],
  ['On November 25, 2026', '2026-11-25', true],
  ['On 26.11.2026', 'on 25 November 2026', false],
  ['in the 1990s', 'in 1990', true],
  ['twenty-five or 25', 'twenty-five', true],
  ['pages 3-5', 'pages 3 to 5', true],
  ['a share of 12 %', 'a share of 12.5 %', false],
  ['1. The owl hunts', 'no numbers here', true],
  ['- 2) The owl hunts', 'no numbers here', true],
  ['the 1st of them', 'the first of them', true],
  ['no digits at all', '', true],
  ['１２ rooms', 'twelve rooms', true],
])('what %j counts is in %j: %j', (claim, source, holds) => {
  expect(holdsNumbers(claim, [source])).toBe(holds)
})
