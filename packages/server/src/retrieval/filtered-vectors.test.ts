import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPreparedDocument, aSource } from '../../test/support/documents.ts'
import { startEmbeddingServer, vectorOf } from '../../test/support/embedding-server.ts'
import { openPglite } from '../../test/support/pglite.ts'
import { aProject } from '../../test/support/projects.ts'
import { readConfig } from '../config.ts'
import { type Database, inTransaction, type Tx } from '../database/database.ts'
import { type DocumentId, type FileId, newId } from '../ids.ts'
import { createLogger } from '../logger.ts'
import { openEmbeddings } from '../models/embed.ts'
import { storeDocument } from './document-store.ts'
import type { PassageFilter } from './passage-filter.ts'
import type { PreparedDocument } from './prepare-document.ts'
import { searchPassagesInDetail } from './search-passages.ts'
import { createEmbeddingSet, type EmbeddingSet, updateEmbeddingSet } from './vectors/embedding-set-store.ts'
import { storeBlocks, storeEmbeddedTexts } from './vectors/embedding-store.ts'
import { packVectors } from './vectors/packed-vectors.ts'
import { createVectorSearch } from './vectors/search-vectors.ts'
import { openVectorIndex } from './vectors/vector-index.ts'

const logger = createLogger('silent')
const dimensions = 32
const documents = 100
const perDocument = 20
/** Each leaves a hundredth of the project. */
const filters = {
  'a page range': (document: number, number: number) => document % 3 === 0 && number === 11,
  'a quoted phrase': (document: number, number: number) => document % 3 === 1 && number === 17,
  'a set of documents': (document: number) => document === 57,
  'a date': (document: number) => document === 57,
}
const query = 'zebra'
const withPhrase = `${query} "amber lantern"`
const signal = new AbortController().signal

const towards = vectorOf('m', query, dimensions)
const away = vectorOf('m', 'away', dimensions)

/** All that is in no filter is nearer to the question than all that is in one. */
function aVector(document: number, number: number): Float32Array {
  const isIn = Object.values(filters).some((isLetThrough) => isLetThrough(document, number))
  const share = isIn ? 0.05 + 0.3 * (((document * 7 + number * 13) % 100) / 100) : 1
  return towards.map((value, i) => share * value + (1 - share) * (away[i] ?? 0) + 0.1 * Math.sin(document + number * i))
}

async function fill(db: Database) {
  const place = await aSource(db, (await aProject(db)).projectId)
  const set = { ...(await createEmbeddingSet(db.query, place.projectId, 'm')), dimensions }
  await updateEmbeddingSet(db.query, set, { dimensions, state: 'active' })
  const ids = Array.from({ length: documents }, () => newId<DocumentId>())
  await inTransaction(db, async (tx) => {
    for (const [document, id] of ids.entries()) {
      const fileId = place.sourceId as string as FileId
      const kept = { ...place, fileId, id, name: 'notes.txt', mediaType: 'text/plain', contentHash: id }
      await storeDocument(tx, kept, aDocument(document))
      await storeVectors(tx, set, id, document)
    }
    const createdAt = { created_at: '2001-02-03T00:00:00.000Z' }
    await tx.updateTable('documents').set(createdAt).where('id', 'in', ids.slice(57, 58)).execute()
  })
  return { projectId: place.projectId, set, ids }
}

function aDocument(document: number): PreparedDocument {
  const texts = Array.from({ length: perDocument }, (_, number) =>
    filters['a quoted phrase'](document, number) ? 'The amber lantern.' : 'The lantern is of amber.',
  )
  const prepared = aPreparedDocument(texts)
  const firstPage = 1 + perDocument * (document % 3)
  return { ...prepared, passages: prepared.passages.map((passage, i) => ({ ...passage, page: firstPage + i })) }
}

async function storeVectors(tx: Tx, set: EmbeddingSet, documentId: DocumentId, document: number): Promise<void> {
  const rows = Array.from({ length: perDocument }, (_, number) => ({
    hash: crypto.getRandomValues(new Uint8Array(16)),
    vector: aVector(document, number),
  }))
  const block = { documentId, blocksAfter: 0, first: 0, count: perDocument }
  const vectors = packVectors(
    rows.map(({ vector }) => vector),
    dimensions,
  )
  await storeBlocks(tx, set, [{ ...block, hashes: Buffer.concat(rows.map(({ hash }) => hash)), vectors }])
  await storeEmbeddedTexts(
    tx,
    set,
    rows.map(({ hash, vector }) => ({ hash, vector: packVectors([vector], dimensions) })),
  )
}

async function checkFilters(db: Database, kind: 'exact' | 'lists' | 'pgvector') {
  await using server = await startEmbeddingServer({ dimensions })
  await using index = openVectorIndex({ db, logger, exactUpTo: kind === 'exact' ? 20_000 : 600 })
  const { embedding, models } = readConfig({ QUORY_EMBEDDING_MODEL: 'm', QUORY_EMBEDDING_BASE_URL: server.url })
  if (embedding === undefined) throw new Error('no embedding is configured')
  await using embeddings = openEmbeddings({ embedding, models })
  const { projectId, set, ids } = await fill(db)
  await index.refresh(set, async () => undefined, signal)
  // In place of a project so large that the usual limit is as narrow.
  if (kind === 'pgvector') await sql.raw('set hnsw.max_scan_tuples = 300').execute(db.query)
  const vectors = createVectorSearch({ db, embeddings, index, weight: 1 })
  const search = async (filter: PassageFilter, text = query) => {
    const found = await searchPassagesInDetail({ db, vectors }, { projectId, query: text, limit: 10, filter })
    expect(found.details.vectors).toMatchObject({ type: 'searched', index: kind })
    return found.passages
  }
  const found = {
    'a page range': await search({ pages: { first: 12, last: 12 } }),
    'a quoted phrase': await search({}, withPhrase),
    'a set of documents': await search({ documentIds: ids.slice(57, 58) }),
    'a date': await search({ storedFrom: '2001-01-01T00:00:00.000Z', storedBefore: '2002-01-01T00:00:00.000Z' }),
  }
  for (const [name, passages] of Object.entries(found) as [keyof typeof found, (typeof found)['a date']][]) {
    const isLetThrough = filters[name]
    const outside = passages.filter(({ documentId, number }) => !isLetThrough(ids.indexOf(documentId), number))
    expect(outside, name).toEqual([])
    const asked = vectorOf('m', name === 'a quoted phrase' ? withPhrase : query, dimensions)
    const best = ids
      .flatMap((_, document) => Array.from({ length: perDocument }, (_, number) => ({ document, number })))
      .filter(({ document, number }) => isLetThrough(document, number))
      .map(({ document, number }) => cosine(aVector(document, number), asked))
      .sort((a, b) => b - a)
    const shown = passages.map(({ scores }) => scores.vector)
    expect(shown, name).toHaveLength(10)
    for (const [i, score] of shown.entries()) expect(score, `${name}, place ${i}`).toBeCloseTo(best[i] ?? 0, 2)
  }
}

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}

describe('with a filter that leaves a hundredth of a project, whose passages are the farthest', () => {
  for (const engine of engines) {
    it.each(['exact', 'lists'] as const)(
      `the best inside are found by the %s index on ${engine}`,
      async (kind) => {
        await using db = await openTestDatabase(engine)
        await checkFilters(db, kind)
      },
      30_000,
    )
  }

  it('the best inside are found by pgvector', async () => {
    await using db = await openPglite()
    await checkFilters(db, 'pgvector')
  }, 60_000)
})
