import { commonPath, type FoundPassage } from '../../retrieval/passage.ts'

/** Passages of one document that overlap or meet, as the one piece of it that they are. */
export interface Stretch extends Omit<FoundPassage, 'number'> {
  readonly parts: readonly FoundPassage[]
}

/** The pieces that passages of one document make up, in order. Those whose range does not fit their text are left out. */
export function joinPassages(passages: readonly FoundPassage[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const passage of passages.filter(hasTrueRange).toSorted((a, b) => a.start - b.start)) {
    const last = stretches.at(-1)
    if (last !== undefined && last.documentId === passage.documentId && passage.start <= last.end)
      stretches[stretches.length - 1] = append(last, passage)
    else stretches.push({ ...passage, parts: [passage] })
  }
  return stretches
}

function append(stretch: Stretch, passage: FoundPassage): Stretch {
  const parts = [...stretch.parts, passage]
  if (passage.end <= stretch.end) return { ...stretch, parts }
  const own = changesOf(stretch)
  const next = changesOf(passage).filter(({ start }) => start > (own.at(-1)?.start ?? -1))
  const changes = [...own, ...next]
  return {
    ...stretch,
    parts,
    text: stretch.text + [...passage.text].slice(stretch.end - passage.start).join(''),
    end: passage.end,
    headingPath: commonPath([stretch.headingPath, passage.headingPath]),
    rowStart: stretch.rowStart ?? passage.rowStart,
    rowEnd: passage.rowEnd ?? stretch.rowEnd,
    changes,
  }
}

function changesOf({ changes, start, headingPath, rowStart }: Omit<FoundPassage, 'number'>) {
  return changes ?? [{ start, headingPath, row: rowStart }]
}

function hasTrueRange(passage: FoundPassage): boolean {
  return countCodePoints(passage.text) === passage.end - passage.start
}

export function countCodePoints(text: string): number {
  let count = text.length
  for (let at = 0; at + 1 < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--
  }
  return count
}
