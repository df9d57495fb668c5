import { expect, it } from 'vitest'
import type { DocumentId, ProjectId, SourceId } from '../../ids.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import { describePassage, NumberedPassages } from './numbered-passages.ts'

function passage(number: number, start: number, text: string, headingPath: readonly string[]): FoundPassage {
  return {
    projectId: 'p' as ProjectId,
    sourceId: 's' as SourceId,
    documentId: 'd' as DocumentId,
    documentName: 'handbook.md',
    language: 'en',
    number,
    text,
    headingPath,
    page: null,
    sheet: null,
    rowStart: null,
    rowEnd: null,
    start,
    end: start + text.length,
    changes: null,
    scores: { bm25: null, vector: null, fused: null, rerank: null },
    score: 1,
  }
}

it('neighbours of two sections are shown with the heading of the second', () => {
  const found = [
    passage(1, 30, 'Thirty days.', ['Handbook', 'Holidays']),
    passage(0, 0, 'Seven to six.', ['Handbook', 'Hours']),
  ]
  const [entry] = new NumberedPassages().add(found, 100).added
  if (entry === undefined) throw new Error('nothing was numbered')
  expect(describePassage(entry, 100)).toBe(
    '[1] handbook.md, Handbook > Hours\nSeven to six.\n\nHandbook > Holidays\nThirty days.',
  )
})
