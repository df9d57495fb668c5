import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource, type SourcePlace } from '../../test/support/documents.ts'
import { aProject } from '../../test/support/projects.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { DocumentId } from '../ids.ts'
import { findDocument, listDocuments, removeDocument, removeDocuments } from './document-store.ts'
import { readTextSlice, wholeText } from './document-text-store.ts'
import { readPassages } from './passage-store.ts'
import { searchPassages } from './search-passages.ts'
import { createEmbeddingSet } from './vectors/embedding-set-store.ts'
import { storeBlocks } from './vectors/embedding-store.ts'
import { tidyIndex } from './words/tidy-index.ts'

const signal = new AbortController().signal
const paragraphs = (count: number, bird: string) =>
  Array.from({ length: count }, (_, i) => `The ${bird} number ${i} sits on branch ${i % 7} and sings.`)

describe.each(engines)('a document that is taken out, on %s', (engine) => {
  let db: Database
  let place: SourcePlace
  beforeEach(async () => {
    db = await openTestDatabase(engine)
    place = await aSource(db, (await aProject(db)).projectId)
  })
  afterEach(() => db[Symbol.asyncDispose]())

  const addBirds = (count: number, bird: string, of = place) =>
    addDocument(db, of, aPreparedDocument(paragraphs(count, bird)))
  const remove = (id: DocumentId) => inTransaction(db, (tx) => removeDocument(tx, place.projectId, id))
  const search = async (query: string) =>
    (await searchPassages({ db }, { projectId: place.projectId, query, limit: 5 })).length

  async function countRows() {
    const count = async (table: 'documents' | 'passages' | 'document_texts' | 'embeddings' | 'index_segments') => {
      const { rows } = await db.query
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow()
      return Number(rows)
    }
    return {
      documents: await count('documents'),
      passages: await count('passages'),
      texts: await count('document_texts'),
      vectors: await count('embeddings'),
      segments: await count('index_segments'),
    }
  }
  const nothing = { documents: 0, passages: 0, texts: 0, vectors: 0, segments: 0 }

  async function addVectors(documentId: DocumentId, blocks: number): Promise<void> {
    const set = await createEmbeddingSet(db.query, place.projectId, 'm')
    const block = { documentId, count: 100, hashes: new Uint8Array(1_600), vectors: new Uint8Array(800) }
    await inTransaction(db, (tx) =>
      storeBlocks(
        tx,
        set,
        Array.from({ length: blocks }, (_, i) => ({ ...block, blocksAfter: blocks - 1 - i, first: 100 * i })),
      ),
    )
  }

  it('goes with its rows at once when it is small', async () => {
    const id = await addBirds(20, 'heron')
    await remove(id)
    expect(await countRows()).toEqual(nothing)
  })

  it('is found and shown by nobody when it is large, while its rows go piece by piece', async () => {
    const id = await addBirds(900, 'heron')
    await addVectors(id, 9)
    const kept = await addBirds(10, 'stork')
    const places = [0, 899].map((number) => ({ documentId: id, number }))
    expect(await readPassages(db.query, place.projectId, places)).toHaveLength(2)
    await remove(id)
    const expectUnseen = async () => {
      expect([await search('heron'), await search('stork')]).toEqual([0, 5])
      expect(await findDocument(db.query, place.projectId, id)).toBeUndefined()
      expect(await readTextSlice(db.query, { ...place, documentId: id }, wholeText)).toBeUndefined()
      expect(await readPassages(db.query, place.projectId, places)).toEqual([])
    }
    await expectUnseen()
    expect(await countRows()).toMatchObject({ documents: 2, passages: 910, vectors: 9 })
    // Stopped in the middle, as a killed server would be, it goes on where it was.
    let checks = 0
    const killed = { throwIfAborted: () => expect(checks++, 'killed').toBeLessThan(4) } as AbortSignal
    await expect(tidyIndex(db, place.projectId, killed)).rejects.toThrow('killed')
    const left = await countRows()
    expect(left.documents).toBe(2)
    expect(left.passages).toBeGreaterThan(10)
    expect(left.passages).toBeLessThan(910)
    await expectUnseen()
    expect(await tidyIndex(db, place.projectId, signal)).toEqual({ hasCleared: true })
    await expectUnseen()
    expect(await countRows()).toMatchObject({ documents: 1, passages: 10, vectors: 0, segments: 1 })
    expect((await listDocuments(db.query, place.projectId, place.sourceId)).map((found) => found.id)).toEqual([kept])
    expect(await tidyIndex(db, place.projectId, signal)).toEqual({ hasCleared: false })
  })

  it('outlives its source until its rows are gone, with all others of that', async () => {
    const other = await aSource(db, place.projectId)
    for (let i = 0; i < 12; i++) await addBirds(60, 'heron', other)
    await addBirds(700, 'heron', other)
    await addBirds(10, 'stork')
    await inTransaction(db, async (tx) => {
      await removeDocuments(tx, place.projectId, other.sourceId)
      await tx.deleteFrom('sources').where('id', '=', other.sourceId).execute()
    })
    expect([await search('heron'), await search('stork')]).toEqual([0, 5])
    expect(await countRows()).toMatchObject({ documents: 14, passages: 1_430 })
    await tidyIndex(db, place.projectId, signal)
    expect(await countRows()).toMatchObject({ documents: 1, passages: 10, segments: 1 })
  })

  it('gives its id to what replaces it at once', async () => {
    const id = await addBirds(400, 'heron')
    await inTransaction(db, (tx) => removeDocument(tx, place.projectId, id, { isReplaced: true }))
    expect(await countRows()).toEqual(nothing)
  })

  it('goes with its project, whether its rows have gone or not', async () => {
    await remove(await addBirds(400, 'heron'))
    await db.query.deleteFrom('projects').execute()
    expect(await countRows()).toEqual(nothing)
  })
})
