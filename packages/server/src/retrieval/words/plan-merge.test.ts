import { expect, it } from 'vitest'
import { maxMergedPassages, planMerge } from './plan-merge.ts'

const sized = (passageCount: number, gone = 0) => ({ size: passageCount + gone, passageCount })
const many = (count: number, passages: number) => Array.from({ length: count }, () => sized(passages))

it('leaves a few segments as they are', () => {
  expect(planMerge([])).toBeUndefined()
  expect(planMerge([...many(7, 1), ...many(7, 10), ...many(7, 1_000)])).toBeUndefined()
})

it('gathers those of a size as soon as there are eight, with all that are smaller', () => {
  expect(planMerge([...many(8, 1), sized(500)])).toEqual(many(8, 1))
  expect(planMerge([...many(3, 1), ...many(8, 40), sized(50_000)])).toEqual([...many(3, 1), ...many(8, 40)])
})

it('makes none larger than the limit', () => {
  const inputs = planMerge(many(9, 30_000)) ?? []
  expect(inputs).toHaveLength(4)
  expect(planMerge(many(30, maxMergedPassages))).toBeUndefined()
})

it('has a segment of which much is deleted written anew', () => {
  expect(planMerge([sized(100_000, 10_000), sized(70_000)])).toBeUndefined()
  expect(planMerge([sized(70_000, 30_000), sized(100)])).toEqual([sized(70_000, 30_000)])
})

it('keeps a project of single passages within a few dozen segments, each passage written a few times', () => {
  let segments = many(0, 0)
  let written = 0
  let most = 0
  for (let i = 0; i < 20_000; i++) {
    segments.push(sized(1))
    for (let inputs = planMerge(segments); inputs !== undefined; inputs = planMerge(segments)) {
      const passages = inputs.reduce((sum, { passageCount }) => sum + passageCount, 0)
      segments = [...segments.filter((segment) => !inputs.includes(segment)), sized(passages)]
      written += passages
    }
    most = Math.max(most, segments.length)
  }
  expect(most).toBeLessThanOrEqual(36)
  expect(written / 20_000).toBeLessThan(6)
})
