import { expect, it } from 'vitest'
import { locateQuote } from './locate-quote.ts'

const text =
  '🦉 The barn owl weighs about 417 grams and lives in church towers. It doesn’t build a nest of its own.\n\n' +
  'A female lays four to seven eggs – more when voles abound – and broods them for 31 days, while the male hunts at night ' +
  'over meadows near Quarrington. Der Waldkauz jagt nachts und schläft am Tag.'

it.each([
  ['as it stands', 'lives in church towers', 'lives in church towers'],
  ['with the stop that the text has too', 'It doesn’t build a nest of its own.', 'It doesn’t build a nest of its own.'],
  ['with a stop of the prose', 'The barn owl weighs about 417 grams.', 'The barn owl weighs about 417 grams'],
  ['with emphasis', 'lives in **church** _towers_', 'lives in church towers'],
  ['in marks of its own', '“lives in church towers”', 'lives in church towers'],
])('a quotation is found %s', (_, quotation, found) => {
  const place = locateQuote(quotation, text, 'en')
  expect(text.slice(place?.start, place?.end)).toBe(found)
  expect(place?.isVerbatim).toBe(true)
})

it.each([
  ['case', 'THE BARN OWL WEIGHS ABOUT 417 GRAMS', 'The barn owl weighs about 417 grams'],
  ['apostrophes', "It doesn't build a nest of its own.", 'It doesn’t build a nest of its own.'],
  ['dashes and spaces', 'four to seven  eggs -- more when voles abound', 'four to seven eggs – more when voles abound'],
  [
    'line breaks',
    'a nest of its own. A female lays four to seven eggs',
    'a nest of its own.\n\nA female lays four to seven eggs',
  ],
  [
    'a word too few',
    'The barn owl weighs 417 grams and lives in towers',
    'The barn owl weighs about 417 grams and lives in church towers',
  ],
  ['a word too many', 'A female usually lays four to seven eggs', 'A female lays four to seven eggs'],
  [
    'another word',
    'the male hunts at dusk over meadows near Quarrington',
    'the male hunts at night over meadows near Quarrington',
  ],
  [
    'an ellipsis',
    'A female lays four to seven eggs … and broods them for 31 days',
    'A female lays four to seven eggs – more when voles abound – and broods them for 31 days',
  ],
  [
    'a bracketed ellipsis and an inexact piece',
    'The barn owl weighs 417 grams [...] build a nest of its own',
    'The barn owl weighs about 417 grams and lives in church towers. It doesn’t build a nest of its own',
  ],
])('a quotation that differs in %s is repaired to what stands there', (_, quotation, found) => {
  const place = locateQuote(quotation, text, 'en')
  expect(text.slice(place?.start, place?.end)).toBe(found)
  expect(place?.isVerbatim).toBe(false)
})

it.each([
  ['stands nowhere', 'The snowy owl breeds on the tundra of the north'],
  ['has another number', 'The barn owl weighs about 500 grams and lives in church towers'],
  ['says the contrary', 'It does build a nest of its own'],
  ['says the contrary with a not', 'The barn owl does not weigh about 417 grams and lives not in church towers'],
  ['names somebody else', 'the male hunts at night over meadows near Lincoln'],
  ['shares only common words', 'A man of its own and the time at the end'],
  ['joins what stands in another order', 'broods them for 31 days … The barn owl weighs about 417 grams'],
  ['is nothing', ' … '],
])('a quotation that %s is not found', (_, quotation) => {
  expect(locateQuote(quotation, text, 'en')).toBeUndefined()
})

it('never begins within a word', () => {
  expect(locateQuote('art of the party', 'The part of the party. The art of the party.', 'en')?.start).toBe(27)
})

it('pieces far from each other are no quotation of one place', () => {
  const long = `The first of these begins here. ${'Something else stands in between. '.repeat(60)}The last of these ends there.`
  expect(locateQuote('The first of these begins … The last of these ends', long, 'en')).toBeUndefined()
})

it('texts without spaces are compared by their characters', () => {
  const chinese = '仓鸮重约四百克，住在教堂的塔楼里。它在夜间捕猎。'
  const place = locateQuote('仓鸮重约四百克住在教堂塔楼里', chinese, 'zh')
  expect(chinese.slice(place?.start, place?.end)).toBe('仓鸮重约四百克，住在教堂的塔楼里')
})

it('a long quotation in a long passage takes a few milliseconds', () => {
  const words = Array.from({ length: 2_400 }, (_, i) => `word${(i * 7919) % 997}`)
  const quotation = words
    .slice(900, 1_100)
    .filter((_, i) => i % 7 !== 0)
    .join(' ')
  const start = performance.now()
  const place = locateQuote(quotation, words.join(' '), 'en')
  expect(place).toBeDefined()
  // Some 5 ms alone; the machine may be busy.
  expect(performance.now() - start).toBeLessThan(500)
})
