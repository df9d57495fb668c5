import { expect, it } from 'vitest'
import { findPhrases, holdsPhrases } from './quoted-phrases.ts'

it('finds what stands in quotation marks, of any kind', () => {
  expect(findPhrases('who said "to be or not" and “the rest”, «est silence» „zum Beispiel“')).toEqual([
    'to be or not',
    'the rest',
    'est silence',
    'zum Beispiel',
  ])
  expect(findPhrases('5" pipe and "" and "..."')).toEqual([])
})

it('asks for the words in order, common ones included, and not for case or ending', () => {
  const text = 'He asked whether To be, or not to be: that was the question of questions.'
  expect(holdsPhrases(text, 'en', ['to be or not to be'])).toBe(true)
  expect(holdsPhrases(text, 'en', ['the questions'])).toBe(true)
  expect(holdsPhrases(text, 'en', ['be to or'])).toBe(false)
  expect(holdsPhrases(text, 'en', ['that was', 'no such thing'])).toBe(false)
})

it('works without spaces between words', () => {
  expect(holdsPhrases('罗马是谁建立的', 'zh', ['谁建立'])).toBe(true)
  expect(holdsPhrases('罗马是谁建立的', 'zh', ['建立谁'])).toBe(false)
})
