import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from '../../../test/support/documents.ts'
import { explainSearch, openPglite } from '../../../test/support/pglite.ts'
import { aProject } from '../../../test/support/projects.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import { createLogger } from '../../logger.ts'
import { removeDocuments } from '../document-store.ts'
import {
  createEmbeddingSet,
  type EmbeddingSet,
  listEmbeddingSets,
  recountVectors,
  updateEmbeddingSet,
} from './embedding-set-store.ts'
import { storeBlocks } from './embedding-store.ts'
import { packVectors, toUnitLength } from './packed-vectors.ts'
import { openVectorIndex } from './vector-index.ts'
import type { VectorIndex } from './vector-query.ts'

const logger = createLogger('silent')
const dimensions = 24
const groups = 30
const passagesPerDocument = 40

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}

/** Vectors in loose groups, as texts on some topics are. */
function createVectors(seed: number): () => Float32Array {
  const random = createRandom(seed)
  const centres = Array.from({ length: groups }, () => Float32Array.from({ length: dimensions }, random))
  return () => {
    const centre = centres[Math.floor(((random() + 1) / 2) * groups)] ?? new Float32Array(dimensions)
    return centre.map((value) => value + 0.7 * random())
  }
}

type Place = Awaited<ReturnType<typeof aSource>>
const held = async () => undefined

async function addDocuments(db: Database, place: Place, set: EmbeddingSet, count: number, next: () => Float32Array) {
  const added = new Map<DocumentId, Float32Array[]>()
  for (let i = 0; i < count; i++) {
    const documentId = await addDocument(db, place, aPreparedDocument([`Document ${i}.`]))
    const vectors = Array.from({ length: passagesPerDocument }, () => toUnitLength(next()))
    const block = { documentId, blocksAfter: 0, first: 0, count: vectors.length }
    const hashes = crypto.getRandomValues(new Uint8Array(16 * vectors.length))
    await inTransaction(db, (tx) =>
      storeBlocks(tx, set, [{ ...block, hashes, vectors: packVectors(vectors, dimensions) }]),
    )
    added.set(documentId, vectors)
  }
  return added
}

async function aSet(db: Database, place: Place): Promise<EmbeddingSet> {
  const set = await createEmbeddingSet(db.query, place.projectId, 'm')
  await updateEmbeddingSet(db.query, set, { dimensions })
  return { ...set, dimensions }
}

async function readAgain(db: Database, { projectId, id }: EmbeddingSet): Promise<EmbeddingSet> {
  const found = (await listEmbeddingSets(db.query, projectId)).find((set) => set.id === id)
  if (found === undefined) throw new Error('the set is gone')
  return found
}

const limit = 50

/** By plain arithmetic on the vectors as they were before they were packed. */
function trulyNearest(vectors: ReadonlyMap<DocumentId, readonly Float32Array[]>, query: Float32Array): string[] {
  const all = [...vectors].flatMap(([documentId, rows]) =>
    rows.map((row, number) => ({
      key: `${documentId}/${number}`,
      score: row.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0),
    })),
  )
  return all
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ key }) => key)
}

async function measureRecall(
  index: VectorIndex,
  set: EmbeddingSet,
  vectors: ReadonlyMap<DocumentId, readonly Float32Array[]>,
) {
  const next = createVectors(1)
  let hits = 0
  const queries = 20
  for (let i = 0; i < queries; i++) {
    const query = toUnitLength(next())
    const found = await index.search(set, { vector: query, limit, documents: undefined })
    const keys = new Set(found.map(({ documentId, number }) => `${documentId}/${number}`))
    expect(keys.size).toBe(found.length)
    hits += trulyNearest(vectors, query).filter((key) => keys.has(key)).length
  }
  return hits / (queries * limit)
}

describe('the vector index on PostgreSQL with pgvector', () => {
  it('of a large project is pgvector’s, follows its documents, and holds one project alone', async () => {
    await using db = await openPglite()
    await using index = openVectorIndex({ db, logger, exactUpTo: 150 })
    const { projectId } = await aProject(db)
    const [first, second] = [await aSource(db, projectId), await aSource(db, projectId)]
    const set = await aSet(db, first)
    const next = createVectors(1)
    const signal = new AbortController().signal
    const vectors = await addDocuments(db, first, set, 12, next)
    await index.refresh(set, held, signal)
    const indexed = await readAgain(db, set)
    expect(indexed).toMatchObject({ indexKind: 'pgvector', indexSize: 480 })
    expect(await measureRecall(index, indexed, vectors)).toBeGreaterThan(0.9)
    expect(await explainSearch(db, indexed)).toContain('embedding_points_')

    const theirs = await aSource(db, (await aProject(db)).projectId)
    const theirSet = await aSet(db, theirs)
    await addDocuments(db, theirs, theirSet, 5, next)
    await index.refresh(theirSet, held, signal)
    const later = await addDocuments(db, second, set, 3, next)
    await index.refresh(set, held, signal)
    const all = new Map([...vectors, ...later])
    expect(await measureRecall(index, await readAgain(db, set), all)).toBeGreaterThan(0.9)
    const [one = '' as DocumentId] = later.keys()
    const [vector = new Float32Array()] = later.get(one) ?? []
    const only = await index.search(await readAgain(db, set), { vector, limit: 100, documents: new Set([one]) })
    expect(only).toHaveLength(passagesPerDocument)
    expect(only[0]).toMatchObject({ documentId: one, number: 0, score: expect.closeTo(1, 2) })

    await inTransaction(db, (tx) => removeDocuments(tx, projectId, second.sourceId))
    const near = await index.search(await readAgain(db, set), { vector, limit: 1_000, documents: undefined })
    expect(near.filter(({ documentId }) => later.has(documentId))).toEqual([])
  }, 90_000)
})

describe.each(engines)('the vector index on %s', (engine) => {
  it('compares every vector of a small project, and sees what came and went since', async () => {
    await using db = await openTestDatabase(engine)
    await using index = openVectorIndex({ db, logger })
    const place = await aSource(db, (await aProject(db)).projectId)
    const set = await aSet(db, place)
    const next = createVectors(1)
    const vectors = await addDocuments(db, place, set, 10, next)
    expect(await measureRecall(index, await readAgain(db, set), vectors)).toBeGreaterThan(0.97)
    const later = await addDocuments(db, place, set, 5, next)
    const all = new Map([...vectors, ...later])
    expect(await measureRecall(index, await readAgain(db, set), all)).toBeGreaterThan(0.97)
    const [[one = '' as DocumentId, rows = []] = []] = later
    const [vector = new Float32Array()] = rows
    const only = await index.search(await readAgain(db, set), { vector, limit: 100, documents: new Set([one]) })
    expect(only).toHaveLength(passagesPerDocument)
    expect(only[0]).toMatchObject({ documentId: one, number: 0, score: expect.closeTo(1, 2) })
    expect(new Set(only.map(({ documentId }) => documentId))).toEqual(new Set([one]))
  })

  it('of a large project reads lists, and finds nearly all that comparing everything finds', async () => {
    await using db = await openTestDatabase(engine)
    await using index = openVectorIndex({ db, logger, exactUpTo: 1_000 })
    const { projectId } = await aProject(db)
    const [first, second] = [await aSource(db, projectId), await aSource(db, projectId)]
    const set = await aSet(db, first)
    const next = createVectors(1)
    const signal = new AbortController().signal
    const vectors = await addDocuments(db, first, set, 60, next)
    await index.refresh(set, held, signal)
    const listed = await readAgain(db, set)
    expect(listed).toMatchObject({ indexKind: 'lists', indexSize: 2_400, indexBuilt: 2_400, indexGeneration: 1 })
    expect(await measureRecall(index, listed, vectors)).toBeGreaterThan(0.9)

    const later = await addDocuments(db, second, set, 10, next)
    await index.refresh(set, held, signal)
    const mended = await readAgain(db, set)
    expect(mended).toMatchObject({ indexSize: 2_800, indexBuilt: 2_400, indexGeneration: 1 })
    expect(await measureRecall(index, mended, new Map([...vectors, ...later]))).toBeGreaterThan(0.9)
    const [one = '' as DocumentId] = later.keys()
    const [vector = new Float32Array()] = later.get(one) ?? []
    const only = await index.search(mended, { vector, limit: 100, documents: new Set([one]) })
    expect(only).toHaveLength(passagesPerDocument)

    await inTransaction(db, (tx) => removeDocuments(tx, projectId, second.sourceId))
    await inTransaction(db, (tx) => recountVectors(tx, set))
    await index.refresh(set, held, signal)
    const swept = await readAgain(db, set)
    expect(swept).toMatchObject({ indexSize: 2_400, vectorCount: 2_400 })
    const near = await index.search(swept, { vector, limit: 2_400, documents: undefined })
    expect(near.filter(({ documentId }) => later.has(documentId))).toEqual([])
  })

  it('that shrank compares every vector again', async () => {
    await using db = await openTestDatabase(engine)
    await using index = openVectorIndex({ db, logger, exactUpTo: 100 })
    const { projectId } = await aProject(db)
    const [first, second] = [await aSource(db, projectId), await aSource(db, projectId)]
    const set = await aSet(db, first)
    const next = createVectors(1)
    const signal = new AbortController().signal
    const kept = await addDocuments(db, first, set, 2, next)
    await addDocuments(db, second, set, 2, next)
    await index.refresh(set, held, signal)
    expect((await readAgain(db, set)).indexKind).toBe('lists')
    await inTransaction(db, (tx) => removeDocuments(tx, projectId, second.sourceId))
    await inTransaction(db, (tx) => recountVectors(tx, set))
    await index.refresh(set, held, signal)
    const small = await readAgain(db, set)
    expect(small).toMatchObject({ indexKind: 'exact', indexSize: 0 })
    expect(await measureRecall(index, small, kept)).toBeGreaterThan(0.97)
  })
})
