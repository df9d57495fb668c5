import { expect, it } from 'vitest'
import { parseQuestion } from './extractive-question.ts'

it.each([
  ['How many points did the defence give up?', 'number'],
  ['What was the white population of Jacksonville as of 2010?', 'number'],
  ['Which percentages were measured?', 'number'],
  ['Wie viele Löwen hat der Zoo?', 'number'],
  ['In what decades was Dudley Simpson most active?', 'date'],
  ['Wann wurde der Zoo eröffnet?', 'date'],
  ['Prior to Manning, who was the oldest quarterback?', 'who'],
  ['Who was president when the war ended?', 'who'],
  ['whose idea was it', 'who'],
  ['What countries does it border?', 'where'],
  ['Where did the dynasty rule when it was strongest?', 'where'],
  ['For what reason was it closed?', 'why'],
  ['¿Por qué cerró?', 'why'],
  ['How come it is closed?', 'why'],
  ['What was it called when it opened?', 'other'],
  ['How do people who live there travel?', 'other'],
  ['What type of beings does Doctor Who take with him?', 'other'],
  ['Name the lions.', 'other'],
])('%j asks for: %s', (question, kind) => {
  expect(parseQuestion(question, '', 'en').kind).toBe(kind)
})

it('words that only ask are not looked for in an answer', () => {
  expect([...parseQuestion('What kinds of many-named lions does the zoo have?', '', 'en').terms.keys()]).toEqual([
    'lion',
    'zoo',
  ])
})
