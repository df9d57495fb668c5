import { describe, expect, it } from 'vitest'
import { goodFiles, mutate, seededRandom } from '../../../test/fixtures/mutate-files.ts'
import { splitPassages } from '../split-passages.ts'
import { parseDocument } from './parse-document.ts'
import { ParseFailure } from './parse-failure.ts'

/** For each format; `npm run bench -- formats --mutations N` tries as many as one likes, in the server's own processes. */
const mutations = 15

describe('a file damaged anywhere gives a document whose passages lie in its text, or a failure in words', () => {
  it.each(Object.entries(goodFiles()))('%s', async (name, good) => {
    for (let seed = 1; seed <= mutations; seed++) {
      const bytes = mutate(good, seededRandom(seed))
      const outcome = await parseDocument(name, bytes).catch((error: unknown) => error)
      if (outcome instanceof ParseFailure) {
        expect(outcome.message).toMatch(/^[A-Z“].*\.$/s)
        continue
      }
      if (outcome instanceof Error) throw new Error(`Mutation ${seed} of ${name}`, { cause: outcome })
      const document = outcome as Awaited<ReturnType<typeof parseDocument>>
      expect(document.text.isWellFormed()).toBe(true)
      let end = 0
      for (const block of document.blocks) {
        expect(block.start).toBeGreaterThanOrEqual(end)
        expect(document.text.slice(block.start, block.end).trim()).not.toBe('')
        end = block.end
      }
      for (const passage of splitPassages(document, 'en')) {
        expect(document.text.slice(passage.start, passage.end)).toBe(passage.text)
      }
    }
  })

  it('and the good ones are read', async () => {
    const files = Object.entries(goodFiles()).filter(([name]) => name !== 'a.gz')
    for (const [name, bytes] of files) expect((await parseDocument(name, bytes)).blocks.length).toBeGreaterThan(0)
  })
})
