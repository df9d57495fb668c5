import { expect, it } from 'vitest'
import { finishedSentences } from './finished-sentences.ts'

it('says whole sentences, each once, and the rest at the end', () => {
  const text = 'The bell weighs 4.5 tons [1]. It was **cast** in 18'
  const first = finishedSentences(text, { from: 0, isEnded: false })
  expect(first.sentences).toBe('The bell weighs 4.5 tons.')
  const whole = `${text}04.`
  const last = finishedSentences(whole, { from: first.until, isEnded: true })
  expect(last.sentences).toBe('It was cast in 1804.')
  expect(last.until).toBe(whole.length)
})

it('says nothing of a sentence that is being written', () => {
  expect(finishedSentences('The bell weighs', { from: 0, isEnded: false })).toEqual({ sentences: '', until: 0 })
})
