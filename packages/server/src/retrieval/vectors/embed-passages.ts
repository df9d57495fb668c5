import { createHash } from 'node:crypto'
import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import { approximateTokens } from '../../models/approximate-tokens.ts'
import type { Embeddings } from '../../models/embed.ts'
import { ModelError } from '../../models/language-model.ts'
import { type EmbeddingSet, updateEmbeddingSet } from './embedding-set-store.ts'
import {
  type EmbeddingBlock,
  findEmbeddedTexts,
  readPassageTexts,
  storeBlocks,
  storeEmbeddedTexts,
} from './embedding-store.ts'
import { joinVectors, openVectors, packVectors } from './packed-vectors.ts'

/** Texts of one request: what the smallest of the usual servers takes at once. */
const textsPerRequest = 32
const tokensPerRequest = 8_000
const concurrentRequests = 2
const hashBytes = 16

/** Passages of a document that get their vectors together. */
export interface PassageRange {
  readonly documentId: DocumentId
  readonly blocksAfter: number
  readonly first: number
  readonly count: number
}

interface EmbedDependencies {
  readonly db: Database
  readonly embeddings: Embeddings
  /** Throws when the work belongs to somebody else by now. */
  readonly requireHeld: (tx: Tx) => Promise<void>
}

interface HashedText {
  readonly text: string
  readonly hash: Uint8Array
  /** The hash, to look up by. */
  readonly key: string
}

/**
 * Gives some passages their vectors. Every answer of the endpoint is stored as it comes, by the hash of its text: what
 * breaks off here goes on without asking for the same text again, and a text that stands in many places is asked for once.
 */
export async function embedRanges(
  dependencies: EmbedDependencies,
  set: EmbeddingSet,
  ranges: readonly PassageRange[],
  signal: AbortSignal,
): Promise<EmbeddingSet> {
  const { db, requireHeld } = dependencies
  const texts: (readonly HashedText[])[] = []
  for (const range of ranges) {
    const found = await readPassageTexts(db.query, set.projectId, range.documentId, range)
    texts.push(found.map(hashText))
  }
  const distinct = new Map(texts.flat().map((text) => [text.key, text]))
  const known = await findEmbeddedTexts(
    db.query,
    set,
    [...distinct.values()].map(({ hash }) => hash),
  )
  const missing = [...distinct.values()].filter(({ key }) => !known.has(key))
  const dimensions = await embedMissing(dependencies, set, missing, known, signal)
  const blocks = ranges.map((range, i) => toBlock(range, texts[i] ?? [], known, dimensions))
  await inTransaction(db, async (tx) => {
    await requireHeld(tx)
    // From here on they are the set's own, whatever becomes of the set that had them.
    if (set.state === 'next') await storeEmbeddedTexts(tx, set, distinctVectors(distinct, known))
    await storeBlocks(tx, set, blocks)
  })
  return dimensions === 0 ? set : { ...set, dimensions }
}

function distinctVectors(texts: ReadonlyMap<string, HashedText>, known: ReadonlyMap<string, Uint8Array>) {
  return texts
    .values()
    .flatMap(({ key, hash }) => {
      const vector = known.get(key)
      return vector === undefined ? [] : [{ hash, vector }]
    })
    .toArray()
}

function hashText(text: string): HashedText {
  const hash = createHash('sha256').update(text).digest().subarray(0, hashBytes)
  return { text, hash, key: hash.toString('hex') }
}

/** Adds to `known`; returns the length of the vectors. */
async function embedMissing(
  { db, embeddings, requireHeld }: EmbedDependencies,
  set: EmbeddingSet,
  missing: readonly HashedText[],
  known: Map<string, Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  let { dimensions } = set
  const requests = batches(missing).values()
  const failed = new AbortController()
  const work = async () => {
    for (const batch of requests) {
      const stop = AbortSignal.any([signal, failed.signal])
      const vectors = await embeddings.embedPassages(
        batch.map(({ text }) => text),
        stop,
      )
      dimensions ??= vectors.find((vector) => vector !== undefined)?.length ?? null
      const length = dimensions
      if (length === null) throw new ModelError('refused', 'The embedding model takes none of the texts')
      const packed = batch.map(({ hash }, i) => ({ hash, vector: packOne(vectors[i], length) }))
      await inTransaction(db, async (tx) => {
        await requireHeld(tx)
        await updateDimensions(tx, set, length)
        await storeEmbeddedTexts(tx, set, packed)
      })
      for (const [i, { key }] of batch.entries()) known.set(key, packed[i]?.vector ?? new Uint8Array())
    }
  }
  const stopOthers = (error: unknown) => {
    failed.abort(error)
    throw error
  }
  const ends = await Promise.allSettled(Array.from({ length: concurrentRequests }, () => work().catch(stopOthers)))
  // The first to fail says why; the other was only stopped.
  if (failed.signal.aborted) throw failed.signal.reason
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return dimensions ?? 0
}

function packOne(vector: Float32Array | undefined, dimensions: number): Uint8Array {
  if (vector !== undefined && vector.length !== dimensions) {
    throw new ModelError(
      'broken_stream',
      `The embedding model gave ${vector.length} numbers where it gave ${dimensions} before`,
    )
  }
  return packVectors([vector], dimensions)
}

async function updateDimensions(tx: Tx, set: EmbeddingSet, dimensions: number): Promise<void> {
  if (set.dimensions === null) await updateEmbeddingSet(tx, set, { dimensions })
}

function batches(texts: readonly HashedText[]): (readonly HashedText[])[] {
  const all: HashedText[][] = []
  let tokens = 0
  for (const text of texts) {
    const batch = all.at(-1)
    const size = approximateTokens(text.text)
    if (batch === undefined || batch.length === textsPerRequest || tokens + size > tokensPerRequest) {
      all.push([text])
      tokens = size
    } else {
      batch.push(text)
      tokens += size
    }
  }
  return all
}

function toBlock(
  { documentId, blocksAfter, first, count }: PassageRange,
  texts: readonly HashedText[],
  known: ReadonlyMap<string, Uint8Array>,
  dimensions: number,
): EmbeddingBlock {
  // A passage that went meanwhile went with its document, whose block is then not stored.
  const rows = texts
    .slice(0, count)
    .map(({ key }) => ({ pack: openVectors(known.get(key) ?? new Uint8Array(), dimensions), row: 0 }))
  return {
    documentId,
    blocksAfter,
    first,
    count: rows.length,
    hashes: Buffer.concat(texts.slice(0, count).map(({ hash }) => hash)),
    vectors: joinVectors(rows, dimensions),
  }
}
