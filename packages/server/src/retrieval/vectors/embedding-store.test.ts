import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from '../../../test/support/documents.ts'
import { aProject } from '../../../test/support/projects.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import { removeDocuments } from '../document-store.ts'
import { createEmbeddingSet, recountVectors } from './embedding-set-store.ts'
import { hasUnembedded, listUnembedded, storeBlocks } from './embedding-store.ts'

async function countBlocks(db: Database): Promise<number> {
  return (await db.query.selectFrom('embeddings').select('document_id').execute()).length
}

describe.each(engines)('embeddings on %s', (engine) => {
  it('are complete with the last block of each document, and go with their documents', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    const place = await aSource(db, projectId)
    const documentId = await addDocument(db, place, aPreparedDocument(['One.', 'Two.', 'Three.']))
    const set = await createEmbeddingSet(db.query, projectId, 'm')
    const block = { documentId, hashes: new Uint8Array(32), vectors: new Uint8Array(2 * 8) }
    await inTransaction(db, (tx) => storeBlocks(tx, set, [{ ...block, blocksAfter: 1, first: 0, count: 2 }]))
    expect(await hasUnembedded(db.query, set)).toBe(true)
    expect(await listUnembedded(db.query, set, null)).toEqual({ documents: [documentId], next: null })
    await inTransaction(db, (tx) => storeBlocks(tx, set, [{ ...block, blocksAfter: 0, first: 2, count: 1 }]))
    expect(await hasUnembedded(db.query, set)).toBe(false)
    expect(await countBlocks(db)).toBe(2)
    await inTransaction(db, (tx) => removeDocuments(tx, projectId, place.sourceId))
    expect(await countBlocks(db)).toBe(0)
    expect(await inTransaction(db, (tx) => recountVectors(tx, set))).toBe(true)
    expect(await inTransaction(db, (tx) => recountVectors(tx, set))).toBe(false)
  })

  it('of a document that went while they were made are not stored', async () => {
    await using db = await openTestDatabase(engine)
    const { projectId } = await aProject(db)
    const place = await aSource(db, projectId)
    const documentId = await addDocument(db, place, aPreparedDocument(['One.']))
    const set = await createEmbeddingSet(db.query, projectId, 'm')
    await inTransaction(db, (tx) => removeDocuments(tx, projectId, place.sourceId))
    const block = { documentId, blocksAfter: 0, first: 0, count: 1 }
    await inTransaction(db, (tx) =>
      storeBlocks(tx, set, [{ ...block, hashes: new Uint8Array(16), vectors: new Uint8Array(8) }]),
    )
    expect(await countBlocks(db)).toBe(0)
  })
})
