import { expect, it } from 'vitest'
import type { DocumentId } from '../ids.ts'
import { fuseScores, wordsAlone } from './fuse-scores.ts'

const place = (document: string, score: number) => ({ documentId: document as DocumentId, number: 0, score })

it('scales each side by its own best and worst, and counts what is absent as nothing', () => {
  const fused = fuseScores([place('a', 12), place('b', 8), place('c', 4)], [place('d', 0.9), place('b', 0.5)], 0.2)
  expect(fused.map(({ documentId, score }) => [documentId, score])).toEqual([
    ['a', 0.8],
    ['b', 0.4],
    ['d', 0.2],
    ['c', 0],
  ])
  expect(fused[1]?.scores).toEqual({ bm25: 8, vector: 0.5, fused: 0.4, rerank: null })
  expect(fused[2]?.scores).toEqual({ bm25: null, vector: 0.9, fused: 0.2, rerank: null })
})

it('takes the only passage of a side for its best', () => {
  const [best] = fuseScores([place('a', 3)], [place('a', 0.1)], 0.2)
  expect(best?.score).toBe(1)
})

it('orders equal sums by document, and leaves the score of words as it is when they are alone', () => {
  const fused = fuseScores([place('b', 2), place('a', 2)], [], 0.2)
  expect(fused.map(({ documentId }) => documentId)).toEqual(['a', 'b'])
  expect(wordsAlone([place('a', 2)])).toEqual([
    { ...place('a', 2), scores: { bm25: 2, vector: null, fused: null, rerank: null } },
  ])
})
