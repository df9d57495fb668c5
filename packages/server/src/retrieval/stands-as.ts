import { isDeepStrictEqual } from 'node:util'
import type { Queryable } from '../database/database.ts'
import type { TextRef } from './document-text-store.ts'
import type { NewPassage } from './passage.ts'
import { readPassages, type StoredPassage } from './passage-store.ts'
import { pause } from './pause.ts'
import type { PreparedDocument } from './prepare-document.ts'
import { passagesVersion } from './words/segment.ts'
import { findStanding } from './words/standing-store.ts'

const passagesPerRead = 100

/** Whether a document is searched by these very passages, in their places: then there is nothing to replace. */
export async function standsAs(
  db: Queryable,
  { projectId, documentId }: TextRef,
  { passages }: Pick<PreparedDocument, 'passages'>,
): Promise<boolean> {
  const standing = await findStanding(db, projectId, documentId, ['visible'])
  if (standing?.passagesVersion !== passagesVersion || standing.passageCount !== passages.length) return false
  for (let from = 0; from < passages.length; from += passagesPerRead) {
    const wanted = passages.slice(from, from + passagesPerRead)
    const places = wanted.map((_, i) => ({ documentId, number: standing.first + from + i }))
    const stored = await readPassages(db, projectId, places)
    if (stored.length < wanted.length || !wanted.every((passage, i) => isSame(passage, stored[i]))) return false
    await pause()
  }
  return true
}

function isSame(passage: NewPassage, stored: StoredPassage | undefined): boolean {
  if (stored === undefined) return false
  const { text, headingPath, page, sheet, rowStart, rowEnd, start, end, changes } = stored
  return isDeepStrictEqual(passage, { text, headingPath, page, sheet, rowStart, rowEnd, start, end, changes })
}
