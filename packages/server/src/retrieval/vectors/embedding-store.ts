import type { Queryable, Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import { nextPassageNumber } from '../words/rebuild-store.ts'
import { findStanding } from '../words/standing-store.ts'
import { type EmbeddingSet, listEmbeddingSets, moveVectorCount, type SetRef } from './embedding-set-store.ts'

const documentsPerRead = 500

/** Documents without all their vectors, by id after `after`; also says where the next read goes on, null at the end. */
export async function listUnembedded(
  db: Queryable,
  { projectId, id }: SetRef,
  after: DocumentId | null,
): Promise<{ readonly documents: readonly DocumentId[]; readonly next: DocumentId | null }> {
  const page = db
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('staged_by', 'is', null)
    .$if(after !== null, (query) => query.where('id', '>', after as DocumentId))
    .orderBy('id')
    .limit(documentsPerRead)
    .as('page')
  const rows = await db
    .selectFrom(page)
    .leftJoin('embeddings', (join) =>
      join
        .on('embeddings.project_id', '=', projectId)
        .onRef('embeddings.document_id', '=', 'page.id')
        .on('embeddings.set_id', '=', id)
        .on('embeddings.blocks_after', '=', 0),
    )
    .select(['page.id', 'embeddings.first'])
    .orderBy('page.id')
    .execute()
  const isFull = rows.length === documentsPerRead
  return {
    documents: rows.filter((row) => row.first === null).map((row) => row.id),
    next: isFull ? (rows.at(-1)?.id ?? null) : null,
  }
}

/** Whether any document lacks vectors. */
export async function hasUnembedded(db: Queryable, set: SetRef): Promise<boolean> {
  for (let after: DocumentId | null = null; ; ) {
    const { documents, next } = await listUnembedded(db, set, after)
    if (documents.length > 0) return true
    if (next === null) return false
    after = next
  }
}

/** Where a document's passages end, and the first of them that has no vector yet, by their numbers. */
export async function findDocumentProgress(
  db: Queryable,
  { projectId, id, state }: SetRef & Pick<EmbeddingSet, 'state'>,
  documentId: DocumentId,
): Promise<{ readonly end: number; readonly done: number }> {
  const standing = await findStanding(db, projectId, documentId, state === 'next' ? ['next', 'visible'] : ['visible'])
  // Nobody has indexed it yet, or it has no passages: what there is, is of one cut.
  const range = standing ?? { first: 0, passageCount: await nextPassageNumber(db, projectId, documentId) }
  const block = await db
    .selectFrom('embeddings')
    .select(['first', 'passage_count'])
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('set_id', '=', id)
    .orderBy('blocks_after')
    .limit(1)
    .executeTakeFirst()
  return {
    end: range.first + range.passageCount,
    done: block === undefined ? range.first : block.first + block.passage_count,
  }
}

/** A range of a document's passages as it is embedded: the headings above it, then its text. */
export async function readPassageTexts(
  db: Queryable,
  projectId: ProjectId,
  documentId: DocumentId,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('passages')
    .select(['heading_path', 'text'])
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('number', '>=', first)
    .where('number', '<', first + count)
    .orderBy('number')
    .execute()
  // Written by storeDocument.
  return rows.map((row) => [...(JSON.parse(row.heading_path) as string[]), row.text].join('\n'))
}

const rowsPerStatement = 200

/** Vectors of the set's model that are there already, by the hash of their text in hexadecimal. */
export async function findEmbeddedTexts(
  db: Queryable,
  set: SetRef & Pick<EmbeddingSet, 'model'>,
  hashes: readonly Uint8Array[],
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  const sets = (await listEmbeddingSets(db, set.projectId))
    .filter(({ model }) => model === set.model)
    .map(({ id }) => id)
  for (let at = 0; at < hashes.length; at += rowsPerStatement) {
    const rows = await db
      .selectFrom('embedded_texts')
      .select(['hash', 'vector'])
      .where('project_id', '=', set.projectId)
      .where('set_id', 'in', sets)
      .where('hash', 'in', hashes.slice(at, at + rowsPerStatement))
      .execute()
    for (const { hash, vector } of rows) found.set(Buffer.from(hash).toString('hex'), vector)
  }
  return found
}

export async function storeEmbeddedTexts(
  tx: Tx,
  set: SetRef,
  texts: readonly { readonly hash: Uint8Array; readonly vector: Uint8Array }[],
): Promise<void> {
  const rows = texts.map((text) => ({ project_id: set.projectId, set_id: set.id, ...text }))
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    await tx
      .insertInto('embedded_texts')
      .values(rows.slice(at, at + rowsPerStatement))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

export interface EmbeddingBlock {
  readonly documentId: DocumentId
  readonly blocksAfter: number
  readonly first: number
  readonly count: number
  readonly hashes: Uint8Array
  readonly vectors: Uint8Array
}

/** Those of documents that went meanwhile are left out. */
export async function storeBlocks(tx: Tx, set: SetRef, blocks: readonly EmbeddingBlock[]): Promise<void> {
  const ids = [...new Set(blocks.map(({ documentId }) => documentId))]
  const documents = await tx
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', set.projectId)
    .where('id', 'in', ids)
    .where('staged_by', 'is', null)
    .execute()
  const present = new Set(documents.map(({ id }) => id))
  const kept = blocks.filter(({ documentId }) => present.has(documentId))
  for (const { documentId, blocksAfter, first, count, hashes, vectors } of kept) {
    await tx
      .insertInto('embeddings')
      .values({
        project_id: set.projectId,
        document_id: documentId,
        set_id: set.id,
        blocks_after: blocksAfter,
        listed: 0,
        first,
        passage_count: count,
        hashes,
        vectors,
      })
      .execute()
  }
  await moveVectorCount(
    tx,
    set,
    kept.reduce((sum, { count }) => sum + count, 0),
  )
}

export interface ListedBlock extends Omit<EmbeddingBlock, 'vectors'> {
  /** Of the index that holds it; 0 when none does. */
  readonly generation: number
}

const listedPerRead = 500

/** What blocks a set has, in the order of their documents, some hundred at a time and without the vectors. */
export async function* listBlocks(db: Queryable, set: SetRef): AsyncGenerator<readonly ListedBlock[]> {
  for (let after: ListedBlock | undefined; ; ) {
    const from = after
    const rows = await db
      .selectFrom('embeddings')
      .select([
        'document_id as documentId',
        'blocks_after as blocksAfter',
        'listed as generation',
        'first',
        'passage_count as count',
        'hashes',
      ])
      .where('project_id', '=', set.projectId)
      .where('set_id', '=', set.id)
      .$if(from !== undefined, (query) =>
        query.where((row) =>
          row(
            row.refTuple('document_id', 'blocks_after'),
            '>',
            row.tuple(from?.documentId as DocumentId, from?.blocksAfter ?? 0),
          ),
        ),
      )
      .orderBy('document_id')
      .orderBy('blocks_after')
      .limit(listedPerRead)
      .execute()
    if (rows.length > 0) yield rows
    after = rows.at(-1)
    if (after === undefined || rows.length < listedPerRead) return
    await new Promise(setImmediate)
  }
}

/** Read at once: some megabytes at most. */
const documentsPerBlockRead = 32

/** The blocks of some documents with their vectors, a few documents at a time. */
export async function* readBlocks(
  db: Queryable,
  set: SetRef,
  documents: readonly DocumentId[],
): AsyncGenerator<readonly EmbeddingBlock[]> {
  for (let at = 0; at < documents.length; at += documentsPerBlockRead) {
    const rows = await db
      .selectFrom('embeddings')
      .select([
        'document_id as documentId',
        'blocks_after as blocksAfter',
        'first',
        'passage_count as count',
        'hashes',
        'vectors',
      ])
      .where('project_id', '=', set.projectId)
      .where('document_id', 'in', documents.slice(at, at + documentsPerBlockRead))
      .where('set_id', '=', set.id)
      .orderBy('document_id')
      .orderBy('blocks_after', 'desc')
      .execute()
    if (rows.length > 0) yield rows
    await new Promise(setImmediate)
  }
}
