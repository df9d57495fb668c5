import { expect, it } from 'vitest'
import { pause } from './pause.ts'

it('lets one search go on in each turn of the event loop, however many there are', async () => {
  let turn = 0
  let isOver = false
  const count = () => {
    turn++
    if (!isOver) setImmediate(count)
  }
  count()
  const resumedIn: number[] = []
  const search = async () => {
    for (let slice = 0; slice < 3; slice++) {
      for (const end = performance.now() + 5; performance.now() < end; );
      await pause()
      resumedIn.push(turn)
    }
  }
  await Promise.all(Array.from({ length: 8 }, search))
  isOver = true
  expect(new Set(resumedIn).size).toBe(24)
})
