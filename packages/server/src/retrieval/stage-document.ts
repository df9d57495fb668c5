import { type Database, type Engine, inTransaction, retryRolledBack, type Tx } from '../database/database.ts'
import { inUnsyncedTransaction } from '../database/unsynced.ts'
import { newId, type ProjectId, type SegmentId } from '../ids.ts'
import type { ClaimedJob } from '../jobs/job.ts'
import { requireHeldJob } from '../jobs/job-store.ts'
import { batchesOf, inGroups } from './batches.ts'
import { insertDocument, mostAtOnce, type NewDocument } from './document-store.ts'
import { cutText, insertTextPieces, type TextRef } from './document-text-store.ts'
import { insertPassages } from './passage-store.ts'
import type { PreparedDocument } from './prepare-document.ts'
import {
  type AbandonedDocument,
  abandonDocument,
  clearDocumentSlice,
  deleteAbandoned,
  showDocument,
} from './staged-document-store.ts'
import { storeTerms } from './textsearch/index-document.ts'
import { clearSegmentSlice } from './words/leftover-store.ts'
import { requestTidying } from './words/request-tidying.ts'
import { analyserVersion, passagesVersion } from './words/segment.ts'
import {
  beginSegment,
  finishSegment,
  insertBlocks,
  insertIndexedDocuments,
  retireSegmentsOf,
  type SegmentRef,
  touchSegment,
} from './words/segment-store.ts'

/** Rows of one transaction: some 100 to 250 KB. */
const passagesPerStep = 100
const piecesPerStep = 16
const blocksPerStep = 100
/** In one transaction: on PostgreSQL nobody waits for it, and each costs some round trips of its own. */
const stepsAtOnce: Readonly<Record<Engine, number>> = { sqlite: 1, postgres: 8 }

/** A document that is written, and that nobody sees before `show`. */
export interface StagedDocument {
  readonly id: NewDocument['id']
  /** In the transaction that makes it visible; false when it was taken away, with its source for instance. */
  show(tx: Tx, name: string): Promise<boolean>
}

interface Staging {
  /** It is written only while this is held. */
  readonly job: ClaimedJob
  /** Asked in the first transaction. */
  readonly isWanted: (tx: Tx) => Promise<boolean>
  readonly signal: AbortSignal
}

export function isLarge({ passages, text }: PreparedDocument): boolean {
  return passages.length > mostAtOnce.passages || (passages.length > 0 && text.length > mostAtOnce.characters)
}

/**
 * Writes a large document in short transactions that others take turns with, each only while the job is held. Undefined
 * when it was taken away meanwhile. What a dead node leaves is found by `listAbandoned`.
 */
export async function stageDocument(
  db: Database,
  document: NewDocument,
  prepared: PreparedDocument,
  { job, isWanted, signal }: Staging,
): Promise<StagedDocument | undefined> {
  const { projectId, id } = document
  const [ref, segment] = [
    { projectId, documentId: id },
    { projectId, id: newId<SegmentId>() },
  ]
  const step = (work: (tx: Tx) => Promise<boolean>) => {
    signal.throwIfAborted()
    return inShortTransaction(db, async (tx) => {
      await requireHeldJob(db, tx, job, { isShared: true })
      return await work(tx)
    })
  }
  const isBegun = await step(async (tx) => {
    if (!(await isWanted(tx))) return false
    await insertDocument(tx, document, prepared, job.id)
    await beginSegment(tx, segment, { version: analyserVersion, passagesVersion })
    await insertIndexedDocuments(tx, segment, [{ ...placeOf(document, prepared), base: 0, first: 0 }])
    return true
  })
  if (!isBegun) return undefined
  for (const writes of inGroups(steps(ref, segment, prepared), stepsAtOnce[db.engine])) {
    const isThere = await step(async (tx) => {
      if (!(await touchSegment(tx, segment))) return false
      for (const write of writes) await write(tx)
      return true
    })
    if (!isThere) return undefined
  }
  return {
    id,
    show: async (tx, name) => {
      if (!(await showDocument(tx, ref, { jobId: job.id, name }))) return false
      const { passageCount, tokenCount, language } = placeOf(document, prepared)
      const counts = { size: passageCount, passageCount, tokenCount, languages: { [language]: passageCount } }
      await storeTerms(tx, { ...ref, passageCount }, prepared.index)
      await finishSegment(tx, segment, { ...counts, state: 'visible', gone: [], lengths: prepared.index.lengths })
      await requestTidying(tx, projectId)
      return true
    },
  }
}

/** The transaction that shows the document takes it along to the disk; afterwards others have their turn. */
export async function inShortTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await retryRolledBack(() => inUnsyncedTransaction(db, work))
  await new Promise(setImmediate)
  return result
}

function placeOf({ id: documentId }: NewDocument, { passages, language, index: { tokenCount } }: PreparedDocument) {
  return { documentId, language, passageCount: passages.length, tokenCount }
}

function* steps(
  ref: TextRef,
  segment: SegmentRef,
  { text, passages, index }: PreparedDocument,
): Generator<(tx: Tx) => Promise<void>> {
  let pieces: Parameters<typeof insertTextPieces>[2][number][] = []
  for (const piece of cutText(text)) {
    pieces.push(piece)
    if (pieces.length < piecesPerStep) continue
    const full = pieces
    pieces = []
    yield (tx) => insertTextPieces(tx, ref, full)
  }
  const rest = pieces
  if (rest.length > 0) yield (tx) => insertTextPieces(tx, ref, rest)
  yield* indexSteps(ref, segment, { passages, index, first: 0 })
}

/** What is written of an index: passages, of which `first` is the first one's number, and blocks. */
export interface IndexRows extends Pick<PreparedDocument, 'passages' | 'index'> {
  readonly first: number
}

export function* indexSteps(
  ref: TextRef,
  segment: SegmentRef,
  { passages, index: { blocks }, first }: IndexRows,
): Generator<(tx: Tx) => Promise<void>> {
  for (let at = 0; at < passages.length; at += passagesPerStep) {
    yield (tx) => insertPassages(tx, ref, passages.slice(at, at + passagesPerStep), first + at)
  }
  for (let at = 0; at < blocks.length; at += blocksPerStep) {
    yield (tx) => insertBlocks(tx, segment, blocks.slice(at, at + blocksPerStep))
  }
}

/** Clears away what was begun of a document, in slices that others take turns with; nothing when it is shown already. */
export async function clearStaged(db: Database, ref: TextRef, signal?: AbortSignal): Promise<void> {
  const segments = await inTransaction(db, async (tx) => {
    if (!(await abandonDocument(tx, ref))) return undefined
    return await retireSegmentsOf(tx, ref.projectId, ref.documentId)
  })
  if (segments === undefined) return
  await inSlices(db, (tx) => clearDocumentSlice(tx, ref), signal)
  for (const segment of segments) await inSlices(db, (tx) => clearSegmentSlice(tx, segment), signal)
}

/** Deletes what nobody shows any more, a little at a time. */
export async function clearAbandoned(
  db: Database,
  projectId: ProjectId,
  documents: readonly AbandonedDocument[],
  signal: AbortSignal,
): Promise<void> {
  const isSmall = ({ isGoing, passageCount, length }: AbandonedDocument) =>
    isGoing && passageCount <= mostAtOnce.passages && length <= mostAtOnce.characters
  const costOf = ({ passageCount, length }: AbandonedDocument) =>
    Math.max((passageCount + 1) / mostAtOnce.passages, length / mostAtOnce.characters)
  for (const batch of batchesOf(documents.filter(isSmall), costOf)) {
    signal.throwIfAborted()
    const ids = batch.map(({ documentId }) => documentId)
    await inShortTransaction(db, (tx) => deleteAbandoned(tx, projectId, ids))
  }
  for (const document of documents.filter((document) => !isSmall(document))) {
    // Its segments were seen to when it was taken out.
    if (document.isGoing) await inSlices(db, (tx) => clearDocumentSlice(tx, document), signal)
    else await clearStaged(db, document, signal)
  }
}

async function inSlices(db: Database, clear: (tx: Tx) => Promise<boolean>, signal?: AbortSignal): Promise<void> {
  for (let isEmpty = false; !isEmpty; ) {
    signal?.throwIfAborted()
    isEmpty = await inShortTransaction(db, clear)
  }
}
