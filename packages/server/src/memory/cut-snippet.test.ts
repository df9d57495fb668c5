import { expect, it } from 'vitest'
import { cutSnippet } from './cut-snippet.ts'

const filler = 'Nothing of interest is said here, and it goes on. '.repeat(20)

it('a short message is its own snippet, in one line', () => {
  expect(cutSnippet('The bell\n  is heavy.', 'bell')).toBe('The bell is heavy.')
})

it.each([
  ['in the middle', `${filler}The great bells of Ardal weigh much.${filler}`, /^… .*great bells of Ardal weigh.* …$/],
  ['at the end', `${filler}The great bells of Ardal weigh much.`, /^… .*great bells of Ardal weigh much\.$/],
  ['at the beginning', `The great bells of Ardal weigh much.${filler}`, /^The great bells of Ardal weigh.* …$/],
])('a long one is cut around the words %s, where most of them are', (_, text, snippet) => {
  const cut = cutSnippet(text, 'How much does the great bell of Ardal weigh?')
  expect(cut).toMatch(snippet)
  expect(cut.length).toBeLessThan(250)
})

it('cuts no character in two', () => {
  expect(cutSnippet('🦉'.repeat(500), 'owl').isWellFormed()).toBe(true)
})
