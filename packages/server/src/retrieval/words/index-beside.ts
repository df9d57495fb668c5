import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import { type DocumentId, newId, type ProjectId, type SegmentId } from '../../ids.ts'
import { mostAtOnce } from '../document-store.ts'
import { insertPassages } from '../passage-store.ts'
import type { PassageIndex, PreparedDocument } from '../prepare-document.ts'
import { indexSteps, inShortTransaction } from '../stage-document.ts'
import { nextPassageNumber } from './rebuild-store.ts'
import { analyserVersion, passagesVersion } from './segment.ts'
import {
  beginSegment,
  finishSegment,
  insertDocumentSegment,
  insertIndexedDocuments,
  retireSegments,
  touchSegment,
} from './segment-store.ts'

interface BesideDocument {
  readonly projectId: ProjectId
  readonly documentId: DocumentId
  readonly language: string
  /** The passages that stand already, when the index is of these. */
  readonly stands: { readonly first: number; readonly passageCount: number }
  /** Others in place of them. */
  readonly passages: PreparedDocument['passages'] | undefined
  readonly index: PassageIndex
}

/**
 * Writes a document's part of the index that is built beside the one that is searched: of a large one in short
 * transactions, each only while `isWanted`, the last of which makes it part of it. What a kill leaves is found by nobody;
 * its passages go with those that the new index does not hold, its segment when nobody wrote to it for a while.
 */
export async function indexBeside(
  db: Database,
  document: BesideDocument,
  isWanted: (tx: Tx) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const { projectId, documentId, language, passages, index } = document
  const passageCount = passages?.length ?? document.stands.passageCount
  const placeIn = async (tx: Tx) => {
    const first = passages === undefined ? document.stands.first : await nextPassageNumber(tx, projectId, documentId)
    return { projectId, documentId, language, first, passageCount }
  }
  if (passageCount > mostAtOnce.passages) return await indexInSteps(db, document, { placeIn, isWanted, signal })
  await inTransaction(db, async (tx) => {
    if (!(await isWanted(tx))) return
    const place = await placeIn(tx)
    if (passages !== undefined) await insertPassages(tx, place, passages, place.first)
    await insertDocumentSegment(tx, place, index, 'next')
  })
}

interface Steps {
  readonly placeIn: (tx: Tx) => Promise<Place>
  readonly isWanted: (tx: Tx) => Promise<boolean>
  readonly signal: AbortSignal
}

interface Place {
  readonly projectId: ProjectId
  readonly documentId: DocumentId
  readonly language: string
  readonly first: number
  readonly passageCount: number
}

async function indexInSteps(
  db: Database,
  { projectId, passages = [], index }: BesideDocument,
  { placeIn, isWanted, signal }: Steps,
): Promise<void> {
  const segment = { projectId, id: newId<SegmentId>() }
  const place = await inShortTransaction(db, async (tx) => {
    if (!(await isWanted(tx))) return undefined
    const found = await placeIn(tx)
    await beginSegment(tx, segment, { version: analyserVersion, passagesVersion })
    await insertIndexedDocuments(tx, segment, [{ ...found, base: 0, tokenCount: index.tokenCount }])
    return found
  })
  if (place === undefined) return
  const write = async (work: (tx: Tx) => Promise<void>) => {
    signal.throwIfAborted()
    return await inShortTransaction(db, async (tx) => {
      if (!(await isWanted(tx)) || !(await touchSegment(tx, segment))) return false
      await work(tx)
      return true
    })
  }
  for (const step of indexSteps(place, segment, { passages, index, first: place.first })) {
    if (!(await write(step))) return await inShortTransaction(db, (tx) => retireSegments(tx, projectId, [segment.id]))
  }
  const { passageCount, language } = place
  const counts = {
    size: passageCount,
    passageCount,
    tokenCount: index.tokenCount,
    languages: { [language]: passageCount },
  }
  await inTransaction(db, async (tx) => {
    if (!(await isWanted(tx)) || !(await touchSegment(tx, segment)))
      return await retireSegments(tx, projectId, [segment.id])
    await finishSegment(tx, segment, { ...counts, state: 'next', gone: [], lengths: index.lengths })
  })
}
