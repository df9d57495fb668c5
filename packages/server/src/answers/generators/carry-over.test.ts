import { describe, expect, it } from 'vitest'
import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import { carryOver } from './carry-over.ts'

/** What was asked before, what comes next, and a word that has to come along. */
const followUps: readonly (readonly [earlier: string, question: string, word: string])[] = [
  ['What is the great bell of Ardal?', 'How much does it weigh?', 'Ardal'],
  ['What is the great bell of Ardal?', 'When was it cast and by whom?', 'Ardal'],
  ['What is the great bell of Ardal?', 'and the second one?', 'bell'],
  ['Who founded the zoo?', 'When?', 'zoo'],
  ['Who founded the zoo?', 'Why?', 'zoo'],
  ['Who founded the zoo?', 'And where?', 'zoo'],
  ['Who founded the zoo?', 'What else did she pay for?', 'zoo'],
  ['How much do tickets cost for adults?', 'And for children?', 'tickets'],
  ['How much do tickets cost for adults?', 'What about pensioners?', 'tickets'],
  ['How much do tickets cost for adults?', 'For groups?', 'tickets'],
  ['How much do tickets cost for adults?', 'In winter?', 'tickets'],
  ['What does the guarantee cover?', 'How long does it last?', 'guarantee'],
  ['What does the guarantee cover?', 'Does it include batteries?', 'guarantee'],
  ['What does the guarantee cover?', 'But not the lamp?', 'guarantee'],
  ['Who was Ada Lovelace?', 'Where did she live?', 'Lovelace'],
  ['Who was Ada Lovelace?', 'Who were her parents?', 'Lovelace'],
  ['Who was Ada Lovelace?', 'Did she ever meet Charles Babbage in London before 1840?', 'Lovelace'],
  ['Who was Ada Lovelace?', 'Tell me more', 'Lovelace'],
  ['Which ships are in the harbour?', 'What do they carry?', 'harbour'],
  ['Which ships are in the harbour?', 'How old is the oldest of them?', 'harbour'],
  ['Which ships are in the harbour?', 'Which of those are painted?', 'harbour'],
  ['How do I reset the oven?', 'And then?', 'oven'],
  ['How do I reset the oven?', 'What if that fails?', 'oven'],
  ['How do I reset the oven?', 'More details please', 'oven'],
  ['Wie schwer ist die große Glocke?', 'Wer hat sie gegossen und wann wurde sie aufgehängt?', 'Glocke'],
  ['Wie schwer ist die große Glocke?', 'Und die kleine?', 'Glocke'],
  ['Wie schwer ist die große Glocke?', 'Warum?', 'Glocke'],
  ['Was kostet der Eintritt?', 'Für Kinder?', 'Eintritt'],
  ['Qui a fondé le zoo ?', 'Et quand ?', 'zoo'],
  ['¿Quién fundó el zoológico?', '¿Y cuándo?', 'zoológico'],
]

const standAlone: readonly string[] = [
  'How heavy is the great bell of Ardal?',
  'How many days of holiday do I have?',
  'Is there a limit on the size of uploads?',
  'Are there any lions in the zoo?',
  'Is it possible to bring dogs into the zoo?',
  'Is it true that the bell was cast in 1804?',
  'What does the company pay its employees?',
  'Which king gave his crown to the museum?',
  'What did the committee decide at its first meeting in Oslo?',
  'Who wrote the handbook?',
  'What is the capital of Norway?',
  'When does the museum open on Sundays?',
  'How do people who live there travel to Quarrington?',
  'What happened in Ardal in 1804?',
  'Which animals sleep during the day?',
  'In which year was the harbour built?',
  'For how many years does the guarantee last?',
  'With whom did Ada Lovelace write letters?',
  'On what day does the committee meet?',
  'What are the opening hours of the library in winter?',
  'And what does the contract say about early termination fees for tenants?',
  'List the ships in the harbour of Bergen',
  'Name three rivers in France',
  'Compare the barn owl with the tawny owl',
  'Explain the difference between gross salary and net salary',
  'Who is responsible for the oven?',
  'How hot does the lamp oven get?',
  'Wie viele Urlaubstage habe ich im Jahr?',
  'Wann wurde der Hafen von Bergen gebaut?',
  'Welche Tiere schlafen am Tag?',
  'Quelle est la capitale de la Norvège ?',
  '¿Cuántos días de vacaciones tengo al año?',
]

describe('a question without a model', () => {
  it.each(followUps)('after %j, %j takes along %j', (earlier, question, word) => {
    const carried = carryOver(question, detectLanguage(question), { questions: [earlier], heading: null })
    expect(carried).toContain(word)
  })

  it.each(standAlone)('%j takes nothing along', (question) => {
    const earlier = { questions: ['Who founded the zoo?'], heading: 'Animals' }
    expect(carryOver(question, detectLanguage(question), earlier)).toBe('')
  })

  it('goes back to the last question that stands by itself', () => {
    const questions = ['How old is the harbour?', 'Who founded the zoo in Ardal?', 'And when?', 'Why?']
    expect(carryOver('How?', 'en', { questions, heading: null })).toBe('Who founded the zoo in Ardal? And when? Why?')
  })

  it('takes along what the last answer was about', () => {
    const earlier = { questions: ['Which animal is the oldest?'], heading: 'Barn owl' }
    expect(carryOver('How heavy is it?', 'en', earlier)).toContain('Barn owl')
  })
})
