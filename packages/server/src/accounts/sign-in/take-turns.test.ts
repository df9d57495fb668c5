import { expect, it } from 'vitest'
import { takeTurns } from './take-turns.ts'

it('lets so many work at once, so many wait, and sends the others away', async () => {
  const inTurn = takeTurns({ atOnce: 2, waiting: 1 })
  const [first, second, third] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ]
  const begun: number[] = []
  const work = (number: number, until: Promise<void>) =>
    inTurn(async () => {
      begun.push(number)
      await until
      return number
    })
  const running = [work(1, first.promise), work(2, second.promise), work(3, third.promise)]
  expect(await work(4, third.promise)).toBeUndefined()
  expect(begun).toEqual([1, 2])
  second.reject(new Error('broken'))
  await expect(running[1]).rejects.toThrow('broken')
  first.resolve()
  third.resolve()
  expect(await Promise.all([running[0], running[2]])).toEqual([1, 3])
  expect(await work(5, third.promise)).toBe(5)
})
