import { expect, it } from 'vitest'
import { hasMath, toDoubleDollars } from './math-marks.ts'

it.each([
  ['Euler: $e^{i\\pi} = -1$.', 'Euler: $$e^{i\\pi} = -1$$.'],
  ['Inline \\(a + b\\) here', 'Inline $$a + b$$ here'],
  ['\\[\nx^2\n\\]', '\n$$\nx^2\n$$\n'],
  ['$$\nx\n$$', '$$\nx\n$$'],
])('reads the formula in %j', (text, expected) => {
  expect(hasMath(text)).toBe(true)
  expect(toDoubleDollars(text)).toBe(expected)
})

it.each(['It costs $5 or $10.', 'From $20,000 to USD$30,000', 'a $ b $ c', 'just words'])(
  'sees no formula in %j',
  (text) => {
    expect(hasMath(text)).toBe(false)
    expect(toDoubleDollars(text)).toBe(text)
  },
)

it('leaves code alone', () => {
  expect(toDoubleDollars('run `echo $A$B` and `\\(x\\)`')).toBe('run `echo $A$B` and `\\(x\\)`')
})
