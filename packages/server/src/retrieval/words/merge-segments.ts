import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import { newId, type SegmentId } from '../../ids.ts'
import { pause } from '../pause.ts'
import { withoutDocuments } from './indexed-document-store.ts'
import { ListMerger, type Moves } from './merge-lists.ts'
import { decodeLengths, encodeLengths, type OrdinalRange, type Segment } from './segment.ts'
import { type Block, BlockPacker } from './segment-blocks.ts'
import { selectLengths } from './segment-lookup-store.ts'
import {
  beginSegment,
  finishSegment,
  type IndexedDocument,
  insertBlocks,
  insertIndexedDocuments,
  lockSegments,
  removeIndexedDocuments,
  retireSegments,
  type SegmentRef,
} from './segment-store.ts'
import { groupBySize, listIndexedDocuments, readIndexedDocuments } from './segment-walk-store.ts'
import { TermQueue } from './term-queue.ts'

const blocksPerWrite = 100
const documentsPerWrite = 200

/** A document on its way from one segment to another. */
interface MovedDocument extends IndexedDocument {
  /** Which segment it comes from, and its base there. */
  readonly input: number
  readonly oldBase: number
}

interface Merge {
  readonly ref: SegmentRef
  readonly inputs: readonly Segment[]
  readonly documents: readonly MovedDocument[]
  /** By input. */
  readonly moves: readonly Moves[]
}

/**
 * Makes segments into one, in short transactions that nobody sees; the last, also short, puts it in their place. False
 * when they were replaced or emptied meanwhile: then nothing has changed. What is left over is `retired` in both cases.
 */
export async function mergeSegments(db: Database, inputs: readonly Segment[], signal: AbortSignal): Promise<boolean> {
  const [first] = inputs
  if (first === undefined) return false
  const ref = { projectId: first.projectId, id: newId<SegmentId>() }
  await inTransaction(db, (tx) => beginSegment(tx, ref, first))
  const documents = await gatherDocuments(db, inputs)
  const merge = { ref, inputs, documents, moves: findMoves(inputs, documents) }
  await writeDocuments(db, merge, signal)
  await writeTerms(db, merge, signal)
  const lengths = await mergeLengths(db, merge)
  return await inTransaction(db, (tx) => replaceInputs(tx, merge, lengths))
}

/** The inputs' documents by id, with their new places: equal scores within a segment are then in the order of ids. */
async function gatherDocuments(db: Database, inputs: readonly Segment[]): Promise<MovedDocument[]> {
  const found: (IndexedDocument & { readonly input: number })[] = []
  const inputOf = new Map(inputs.map(({ id }, input) => [id, input]))
  const add = (segmentId: SegmentId, document: IndexedDocument) =>
    found.push({ ...document, input: inputOf.get(segmentId) ?? -1 })
  const { small, large } = groupBySize(inputs)
  for (const batch of small) {
    for (const { segmentId, ...document } of await listIndexedDocuments(db.query, batch)) add(segmentId, document)
  }
  for (const segment of large) {
    for await (const document of readIndexedDocuments(db.query, segment)) add(segment.id, document)
  }
  found.sort((a, b) => (a.documentId < b.documentId ? -1 : 1))
  let next = 0
  return found.map((document) => {
    const base = next
    next += document.passageCount
    return { ...document, oldBase: document.base, base }
  })
}

function findMoves(inputs: readonly Segment[], documents: readonly MovedDocument[]): Moves[] {
  const maps = inputs.map(({ size }) => new Int32Array(size).fill(-1))
  for (const { input, oldBase, base, passageCount } of documents) {
    const map = maps[input]
    if (map !== undefined) for (let i = 0; i < passageCount; i++) map[oldBase + i] = base + i
  }
  return maps.map((ordinals) => {
    const shift = ordinals[0] ?? -1
    return {
      ordinals,
      shift: shift >= 0 && ordinals.every((ordinal, old) => ordinal === old + shift) ? shift : undefined,
    }
  })
}

async function writeDocuments(db: Database, { ref, documents }: Merge, signal: AbortSignal): Promise<void> {
  for (let from = 0; from < documents.length; from += documentsPerWrite) {
    signal.throwIfAborted()
    const rows = documents.slice(from, from + documentsPerWrite)
    await inTransaction(db, (tx) => insertIndexedDocuments(tx, ref, rows))
    await new Promise(setImmediate)
  }
}

async function writeTerms(db: Database, { ref, inputs, moves }: Merge, signal: AbortSignal): Promise<void> {
  const packer = new BlockPacker()
  let blocks: Block[] = []
  const write = async () => {
    signal.throwIfAborted()
    const rows = blocks
    blocks = []
    await inTransaction(db, (tx) => insertBlocks(tx, ref, rows))
    await new Promise(setImmediate)
  }
  const merger = new ListMerger(moves)
  const queue = await TermQueue.open(db, inputs)
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    const { key, holding } = next
    const list = merger.merge(holding)
    const block = list === undefined ? undefined : packer.add(Buffer.from(key, 'latin1'), list)
    if (block !== undefined) blocks.push(block)
    if (blocks.length >= blocksPerWrite) await write()
    // Awaiting nothing for each term would take longer than merging it.
    const reading = queue.advance(holding)
    if (reading !== undefined) await reading
    const turn = pause()
    if (turn !== undefined) await turn
  }
  const last = packer.finish()
  if (last !== undefined) blocks.push(last)
  if (blocks.length > 0) await write()
}

async function mergeLengths(db: Database, { ref, inputs, documents, moves }: Merge): Promise<Uint8Array> {
  const lengths: number[] = Array.from({ length: countPassages(documents) }, () => 0)
  const ids = inputs.map(({ id }) => id)
  const rows = await selectLengths(db.query, ref.projectId, ids).execute()
  const stored = new Map(rows.map((row) => [row.id, row.lengths]))
  for (const [input, { id, size }] of inputs.entries()) {
    const packed = stored.get(id)
    if (packed === undefined) continue
    for (const [ordinal, length] of decodeLengths(packed, size).entries()) {
      const moved = moves[input]?.ordinals[ordinal] ?? -1
      if (moved >= 0) lengths[moved] = length
    }
  }
  return encodeLengths(lengths)
}

function countPassages(documents: readonly IndexedDocument[]): number {
  return documents.reduce((sum, { passageCount }) => sum + passageCount, 0)
}

/** Documents deleted since they were gathered stand in the inputs' marks, and are marked in their new place. */
async function replaceInputs(tx: Tx, { ref, inputs, documents }: Merge, lengths: Uint8Array): Promise<boolean> {
  const ids = inputs.map(({ id }) => id)
  const locked = new Map((await lockSegments(tx, ref.projectId, ids)).map((segment) => [segment.id, segment]))
  if (!inputs.every(({ id, state }) => locked.get(id)?.state === state)) {
    await retireSegments(tx, ref.projectId, [ref.id])
    return false
  }
  const goneOf = inputs.map(({ id }) => new Set(locked.get(id)?.gone.map(({ start }) => start)))
  const deleted = documents.filter(({ input, oldBase }) => goneOf[input]?.has(oldBase) === true)
  const whole = wholeSegment(ref, inputs, documents)
  const { counts, gone } = withoutDocuments(whole, deleted)
  await retireSegments(tx, ref.projectId, ids)
  await removeIndexedDocuments(
    tx,
    ref,
    deleted.map(({ base }) => base),
  )
  if (counts.passageCount === 0) await retireSegments(tx, ref.projectId, [ref.id])
  else await finishSegment(tx, ref, { ...counts, gone, lengths, size: whole.size, state: whole.state })
  return true
}

function wholeSegment(ref: SegmentRef, inputs: readonly Segment[], documents: readonly MovedDocument[]): Segment {
  const languages: Record<string, number> = {}
  for (const { language, passageCount } of documents) languages[language] = (languages[language] ?? 0) + passageCount
  const passageCount = countPassages(documents)
  return {
    ...ref,
    state: inputs[0]?.state ?? 'visible',
    version: inputs[0]?.version ?? 0,
    passagesVersion: inputs[0]?.passagesVersion ?? 0,
    size: passageCount,
    passageCount,
    tokenCount: documents.reduce((sum, { tokenCount }) => sum + tokenCount, 0),
    languages,
    gone: [] satisfies OrdinalRange[],
  }
}
