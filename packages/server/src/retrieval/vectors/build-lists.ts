import { setTimeout as wait } from 'node:timers/promises'
import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import { type EmbeddingSet, updateEmbeddingSet } from './embedding-set-store.ts'
import { type EmbeddingBlock, type ListedBlock, listBlocks, readBlocks } from './embedding-store.ts'
import {
  type GenerationRef,
  markListed,
  readCentroids,
  readLists,
  readPlaces,
  removeOtherGenerations,
  replaceListRow,
  storeCentroids,
  storeListRows,
} from './list-store.ts'
import { joinVectors, openVectors, type PackedVectors } from './packed-vectors.ts'
import type { VectorThread } from './vector-thread.ts'

/** An index is built anew when the project has grown or shrunk by this factor since. */
const rebuiltAfter = 1.5
const sampledPerList = 40
const centroidsPerRow = 256
/** Vectors that wait to be written, of all lists together: at 1,536 numbers each, 50 MB. */
const waitingVectors = 32_000
const rowsPerWrite = 40
const afterSwapMs = 3_000

interface ListBuild {
  readonly db: Database
  /** A thread of its own: searches do not wait for it. */
  readonly thread: VectorThread
  readonly requireHeld: (tx: Tx) => Promise<void>
  readonly signal: AbortSignal
}

/** Makes or mends the lists of a large project, in short transactions beside the searches. */
export async function refreshLists(build: ListBuild, set: EmbeddingSet): Promise<void> {
  const grown = set.vectorCount > set.indexBuilt * rebuiltAfter || set.vectorCount * rebuiltAfter < set.indexBuilt
  if (set.indexKind !== 'lists' || grown) await rebuild(build, set)
  else await mend(build, set)
}

async function rebuild(build: ListBuild, set: EmbeddingSet): Promise<void> {
  const { db, requireHeld, signal } = build
  const ref = { ...set, generation: set.indexGeneration + 1 }
  // What an earlier attempt left half done.
  await removeOtherGenerations(db.query, { ...set, generation: set.indexGeneration }, signal)
  const blocks = await gatherBlocks(db, set)
  const centroids = await train(build, set, blocks)
  await inTransaction(db, async (tx) => {
    await requireHeld(tx)
    await storeCentroids(tx, ref, splitPack(centroids, set.dimensions ?? 0))
  })
  const size = await addToLists(build, ref, set, centroids, blocks)
  await inTransaction(db, async (tx) => {
    await requireHeld(tx)
    const { generation } = ref
    await updateEmbeddingSet(tx, set, {
      index_kind: 'lists',
      index_generation: generation,
      index_built: size,
      index_size: size,
    })
  })
  // Searches that began before the swap are over by then.
  await wait(afterSwapMs, undefined, { signal })
  await removeOtherGenerations(db.query, ref, signal)
}

/** Takes out what went, then adds what came. */
async function mend(build: ListBuild, set: EmbeddingSet): Promise<void> {
  const { db, requireHeld } = build
  const ref = { ...set, generation: set.indexGeneration }
  const blocks = await gatherBlocks(db, set)
  const unlisted = blocks.filter(({ generation }) => generation !== set.indexGeneration)
  const added = unlisted.reduce((sum, { count }) => sum + count, 0)
  let size = set.indexSize
  if (size + added !== set.vectorCount) {
    const listed = new Set(
      blocks.filter(({ generation }) => generation === set.indexGeneration).map(({ documentId }) => documentId),
    )
    size = await sweep(build, ref, set, listed)
  }
  if (unlisted.length > 0) {
    const packs = await readCentroids(db.query, ref)
    const dimensions = set.dimensions ?? 0
    const rows = packs.map((bytes) => openVectors(bytes, dimensions)).flatMap(allRows)
    size += await addToLists(build, ref, set, joinVectors(rows, dimensions), unlisted)
  }
  if (size === set.indexSize) return
  await inTransaction(db, async (tx) => {
    await requireHeld(tx)
    await updateEmbeddingSet(tx, set, { index_size: size })
  })
}

async function gatherBlocks(db: Database, set: EmbeddingSet): Promise<Omit<ListedBlock, 'hashes'>[]> {
  const all: Omit<ListedBlock, 'hashes'>[] = []
  for await (const blocks of listBlocks(db.query, set)) for (const { hashes: _, ...block } of blocks) all.push(block)
  return all
}

/** The same vectors give the same lists: the sample is every so-many-th, shuffled by a fixed seed. */
async function train(
  { db, thread, signal }: ListBuild,
  set: EmbeddingSet,
  blocks: readonly Omit<ListedBlock, 'hashes'>[],
): Promise<Uint8Array> {
  const dimensions = set.dimensions ?? 0
  const total = blocks.reduce((sum, { count }) => sum + count, 0)
  const lists = Math.max(1, Math.round(Math.sqrt(total)))
  const step = Math.max(1, Math.floor(total / (lists * sampledPerList)))
  const sample: { pack: PackedVectors; row: number }[] = []
  let number = 0
  for await (const read of readBlocks(db.query, set, documentsOf(blocks))) {
    signal.throwIfAborted()
    for (const { vectors } of read) {
      const pack = openVectors(vectors, dimensions)
      const rows: { pack: PackedVectors; row: number }[] = []
      for (let row = 0; row < pack.count; row++) if (number++ % step === 0) rows.push({ pack, row })
      // Only what is sampled stays in memory.
      const kept = openVectors(joinVectors(rows, dimensions), dimensions)
      sample.push(...allRows(kept))
    }
  }
  shuffle(sample)
  return await thread.run('train', { sample: joinVectors(sample, dimensions), dimensions, count: lists })
}

function shuffle<T>(items: T[]): void {
  let state = 1
  for (let i = items.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = state % (i + 1)
    const item = items[i] as T
    items[i] = items[other] as T
    items[other] = item
  }
}

function documentsOf(blocks: readonly { readonly documentId: DocumentId }[]): DocumentId[] {
  return [...new Set(blocks.map(({ documentId }) => documentId))]
}

function allRows(pack: PackedVectors) {
  return Array.from({ length: pack.count }, (_, row) => ({ pack, row }))
}

function splitPack(bytes: Uint8Array, dimensions: number): Uint8Array[] {
  const rows = allRows(openVectors(bytes, dimensions))
  return Array.from({ length: Math.ceil(rows.length / centroidsPerRow) }, (_, i) =>
    joinVectors(rows.slice(i * centroidsPerRow, (i + 1) * centroidsPerRow), dimensions),
  )
}

interface WaitingVector {
  readonly documentId: DocumentId
  readonly number: number
  readonly pack: PackedVectors
  readonly row: number
}

/** Puts every vector of some blocks in the list of its nearest centre; returns how many. */
async function addToLists(
  build: ListBuild,
  ref: GenerationRef,
  set: EmbeddingSet,
  centroids: Uint8Array,
  blocks: readonly Pick<ListedBlock, 'documentId' | 'blocksAfter'>[],
): Promise<number> {
  const dimensions = set.dimensions ?? 0
  const wanted = new Set(blocks.map(keyOf))
  let waiting = new Map<number, WaitingVector[]>()
  let taken: EmbeddingBlock[] = []
  let [count, total] = [0, 0]
  const write = async () => {
    await writeLists(build, ref, dimensions, waiting, taken)
    total += count
    waiting = new Map()
    taken = []
    count = 0
  }
  for await (const read of readBlocks(build.db.query, set, documentsOf(blocks))) {
    for (const block of read.filter((candidate) => wanted.has(keyOf(candidate)))) {
      build.signal.throwIfAborted()
      const vectors = new Uint8Array(block.vectors)
      const lists = await build.thread.run('assign', { vectors, centroids, dimensions })
      const pack = openVectors(vectors, dimensions)
      for (const [row, list] of lists.entries()) {
        const entries = waiting.get(list) ?? []
        waiting.set(list, entries)
        entries.push({ documentId: block.documentId, number: block.first + row, pack, row })
      }
      taken.push(block)
      count += block.count
    }
    if (count >= waitingVectors) await write()
  }
  await write()
  return total
}

function keyOf({ documentId, blocksAfter }: Pick<ListedBlock, 'documentId' | 'blocksAfter'>): string {
  return `${documentId}/${blocksAfter}`
}

/** What is cut off half-way is found by the next sweep: its blocks are not marked. */
async function writeLists(
  { db, requireHeld, signal }: ListBuild,
  ref: GenerationRef,
  dimensions: number,
  waiting: ReadonlyMap<number, readonly WaitingVector[]>,
  taken: readonly EmbeddingBlock[],
): Promise<void> {
  const rows = [...waiting].map(([list, entries]) => ({
    list,
    places: encodePlaces(entries),
    vectors: joinVectors(entries, dimensions),
  }))
  for (let at = 0; at < rows.length; at += rowsPerWrite) {
    signal.throwIfAborted()
    await inTransaction(db, async (tx) => {
      await requireHeld(tx)
      await storeListRows(tx, ref, rows.slice(at, at + rowsPerWrite))
    })
    await new Promise(setImmediate)
  }
  for (let at = 0; at < taken.length; at += rowsPerWrite) {
    await inTransaction(db, async (tx) => {
      await requireHeld(tx)
      await markListed(tx, ref, taken.slice(at, at + rowsPerWrite))
    })
    await new Promise(setImmediate)
  }
}

/** The entries of a document stand together, because they come block by block. */
function encodePlaces(entries: readonly Pick<WaitingVector, 'documentId' | 'number'>[]): string {
  const lines: string[] = []
  let open = ''
  for (const { documentId, number } of entries) {
    if (documentId === open) lines[lines.length - 1] += `,${number}`
    else lines.push(`${documentId} ${number}`)
    open = documentId
  }
  return lines.join('\n')
}

function decodePlaces(places: string): { readonly documentId: string; readonly number: number }[] {
  return places.split('\n').flatMap((line) => {
    const [documentId = '', numbers = ''] = line.split(' ')
    return numbers.split(',').map((number) => ({ documentId, number: Number(number) }))
  })
}

/** Takes out what is of documents that are not listed; returns what is left. */
async function sweep(
  { db, requireHeld, signal }: ListBuild,
  ref: GenerationRef,
  set: EmbeddingSet,
  listed: ReadonlySet<string>,
): Promise<number> {
  const dimensions = set.dimensions ?? 0
  const centroids = await readCentroids(db.query, ref)
  const lists = centroids.reduce((sum, bytes) => sum + openVectors(bytes, dimensions).count, 0)
  let left = 0
  for (let list = 0; list < lists; list++) {
    signal.throwIfAborted()
    const rows = (await readPlaces(db.query, ref, [list])).map((row) => ({ ...row, entries: decodePlaces(row.places) }))
    const isStale = rows.some(({ entries }) => entries.some(({ documentId }) => !listed.has(documentId)))
    left += rows.flatMap(({ entries }) => entries).filter(({ documentId }) => listed.has(documentId)).length
    if (!isStale) continue
    await inTransaction(db, async (tx) => {
      await requireHeld(tx)
      for (const row of await readLists(tx, ref, [list])) {
        const pack = openVectors(row.vectors, dimensions)
        const kept = decodePlaces(row.places)
          .map((entry, index) => ({ ...entry, documentId: entry.documentId as DocumentId, pack, row: index }))
          .filter(({ documentId }) => listed.has(documentId))
        await replaceListRow(tx, ref, { ...row, places: encodePlaces(kept), vectors: joinVectors(kept, dimensions) })
      }
    })
    await new Promise(setImmediate)
  }
  return left
}
