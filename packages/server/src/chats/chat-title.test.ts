import { expect, it } from 'vitest'
import { titleFromModel, titleFromQuestion } from './chat-title.ts'

it('names a chat by the first words of its question', () => {
  expect(titleFromQuestion('How many days\n of holiday?')).toBe('How many days of holiday?')
  expect(titleFromQuestion(`${'word '.repeat(30)}`)).toBe(`${'word '.repeat(12).trim()}…`)
  expect([...titleFromQuestion('界'.repeat(200))]).toHaveLength(61)
})

it.each([
  ['"Holidays in Spain."', 'Holidays in Spain'],
  ['# Holidays\n\nBecause you asked', 'Holidays'],
  ['**Urlaub**', 'Urlaub'],
  ['The **25 days** of `leave` a year', 'The 25 days of leave a year'],
  ['2 ** 8 and 2 * 8', '2 ** 8 and 2 * 8'],
  ['„Urlaub“', 'Urlaub'],
  ['Title: Holidays', 'Holidays'],
  ['\n \n', ''],
])('takes %j of a model as %j', (said, title) => {
  expect(titleFromModel(said)).toBe(title)
})
