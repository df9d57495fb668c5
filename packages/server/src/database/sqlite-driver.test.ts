import { expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { inBackground } from './background.ts'
import { type Database, inTransaction } from './database.ts'

/** Holds the connection until all that is asked waits for it; returns who had it, in order. */
async function takeTurns(db: Database, ask: (turn: (name: string) => Promise<void>) => Promise<void>[]) {
  const turns: string[] = []
  const turn = (name: string) => inTransaction(db, async () => void turns.push(name))
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const holding = inTransaction(db, () => asked)
  const asking = ask(turn)
  await new Promise(setImmediate)
  resolve()
  await Promise.all([holding, ...asking])
  return turns
}

it('whoever is waited for has the connection before what runs in the background', async () => {
  await using db = await openTestDatabase('sqlite')
  const turns = await takeTurns(db, (turn) => [
    inBackground(() => turn('job 1')),
    inBackground(() => turn('job 2')),
    turn('question 1'),
    turn('question 2'),
  ])
  expect(turns).toEqual(['question 1', 'question 2', 'job 1', 'job 2'])
})

it('what runs in the background has its turn now and then, whoever else wants the connection', async () => {
  await using db = await openTestDatabase('sqlite')
  const turns = await takeTurns(db, (turn) => [
    inBackground(() => turn('job')),
    ...Array.from({ length: 30 }, (_, i) => turn(`question ${i}`)),
  ])
  expect(turns.indexOf('job')).toBeLessThan(10)
  expect(turns).toHaveLength(31)
})
