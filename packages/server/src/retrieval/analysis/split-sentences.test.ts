import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitSentences } from './split-sentences.ts'

const sentencesOf = (text: string, language = 'en') =>
  splitSentences(text, language).map(({ start, end }) => text.slice(start, end))

it('cuts at the ends of sentences', () => {
  expect(sentencesOf('It rained.  Nobody came! Why? ')).toEqual(['It rained.', 'Nobody came!', 'Why?'])
})

it('does not cut after abbreviations and initials', () => {
  const text = 'Dr. Smith met George W. Bush in St. Louis. See Fig. 3 for the map, e.g. the left side. It ended.'
  expect(sentencesOf(text)).toEqual([
    'Dr. Smith met George W. Bush in St. Louis.',
    'See Fig. 3 for the map, e.g. the left side.',
    'It ended.',
  ])
})

it('cuts after an abbreviation that often ends a sentence when a capitalised word follows', () => {
  expect(sentencesOf('He works for Acme Inc. She does not.')).toEqual(['He works for Acme Inc.', 'She does not.'])
  expect(sentencesOf('He left the U.S. Army. It was in the U.S. The war was over.')).toEqual([
    'He left the U.S. Army.',
    'It was in the U.S.',
    'The war was over.',
  ])
  expect(sentencesOf('It opens at 9 a.m. on Mondays.')).toEqual(['It opens at 9 a.m. on Mondays.'])
})

it('keeps a bracket with its sentence', () => {
  const text = 'The hall (built in 1900. Rebuilt in 1950.) is open. Come in.'
  expect(sentencesOf(text)).toEqual(['The hall (built in 1900. Rebuilt in 1950.) is open.', 'Come in.'])
})

it('joins lines that were only wrapped and keeps lines that stand alone', () => {
  const wrapped =
    'The wall was built by the Romans in the second century and it\nHadrian visited it once himself.\n\nTitle\n\nNext.'
  expect(sentencesOf(wrapped)).toEqual([
    'The wall was built by the Romans in the second century and it\nHadrian visited it once himself.',
    'Title',
    'Next.',
  ])
  const indented =
    '- `idPrefix`:\n  a string to prepend to any generated IDs,\n  such as those used by bookmarks.\n  None by default.'
  expect(sentencesOf(indented).slice(1)).toEqual([
    'a string to prepend to any generated IDs,\n  such as those used by bookmarks.',
    'None by default.',
  ])
  expect(sentencesOf('name: Anna\nage: 7\n- first\n- second')).toEqual(['name: Anna', 'age: 7', '- first', '- second'])
})

it('cuts Chinese and German by their own marks', () => {
  expect(sentencesOf('今天下雨。没有人来！', 'zh')).toEqual(['今天下雨。', '没有人来！'])
  expect(sentencesOf('Das kostet ca. 5 Euro, z. B. hier. Danke.', 'de')).toEqual([
    'Das kostet ca. 5 Euro, z. B. hier.',
    'Danke.',
  ])
})

it('takes a name that is no language', () => {
  expect(sentencesOf('One. Two.', 'not a language!')).toEqual(['One.', 'Two.'])
})

it('puts every visible character into exactly one sentence', () => {
  const unit = fc.constantFrom(
    'Dr. ',
    'word ',
    '(',
    ')',
    '. ',
    '\n',
    '\n\n',
    'A',
    'é',
    '😀',
    '。',
    '"',
    'etc. ',
    '\r\n',
    '\u2029',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(unit, fc.string({ unit: 'binary' })), { maxLength: 40 }), (parts) => {
      const text = parts.join('')
      const ranges = splitSentences(text, 'en')
      let last = 0
      for (const { start, end } of ranges) {
        expect(text.slice(last, start).trim()).toBe('')
        expect(end).toBeGreaterThan(start)
        last = end
      }
      expect(text.slice(last).trim()).toBe('')
    }),
  )
})
