import type { Queryable } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import type { PassageNumbers } from '../passage-filter.ts'
import type { EmbeddingSet, SetRef } from './embedding-set-store.ts'
import { findEmbeddedTexts } from './embedding-store.ts'

/** Vectors of one document's passages side by side, the first of them numbered `first`. */
export interface VectorRun {
  readonly documentId: DocumentId
  readonly first: number
  readonly vectors: Uint8Array
}

const documentsPerCount = 500

/** Whether these documents have no more vectors of a set than so many; stops counting when they do. */
export async function haveAtMost(
  db: Queryable,
  set: SetRef,
  documents: ReadonlySet<DocumentId>,
  most: number,
): Promise<boolean> {
  // None of them is without a vector, but for those embedded next.
  if (documents.size > most) return false
  const ids = [...documents]
  let count = 0
  for (let at = 0; at < ids.length && count <= most; at += documentsPerCount) {
    const row = await db
      .selectFrom('embeddings')
      .select((select) => select.fn.sum<string | number | null>('passage_count').as('count'))
      .where('project_id', '=', set.projectId)
      .where('document_id', 'in', ids.slice(at, at + documentsPerCount))
      .where('set_id', '=', set.id)
      .executeTakeFirst()
    count += Number(row?.count ?? 0)
    await new Promise(setImmediate)
  }
  return count <= most
}

const documentsPerRead = 100
const hashBytes = 16

/** The vectors of some passages by their texts' hashes, a few at a time: for passages that are few among their documents'. */
export async function* readPassageVectors(
  db: Queryable,
  set: SetRef & Pick<EmbeddingSet, 'model'>,
  passages: PassageNumbers,
): AsyncGenerator<readonly VectorRun[]> {
  const ids = [...passages.keys()]
  for (let at = 0; at < ids.length; at += documentsPerRead) {
    const hashes = await readHashes(db, set, passages, ids.slice(at, at + documentsPerRead))
    const known = await findEmbeddedTexts(
      db,
      set,
      hashes.map(({ hash }) => hash),
    )
    const runs = hashes.flatMap(({ documentId, number, hash }) => {
      const vectors = known.get(hash.toString('hex'))
      return vectors === undefined ? [] : [{ documentId, first: number, vectors }]
    })
    if (runs.length > 0) yield runs
    await new Promise(setImmediate)
  }
}

async function readHashes(db: Queryable, set: SetRef, passages: PassageNumbers, documents: readonly DocumentId[]) {
  const blocks = await db
    .selectFrom('embeddings')
    .select(['document_id as documentId', 'first', 'passage_count as count', 'hashes'])
    .where('project_id', '=', set.projectId)
    .where('document_id', 'in', documents)
    .where('set_id', '=', set.id)
    .orderBy('document_id')
    .orderBy('blocks_after', 'desc')
    .execute()
  return blocks.flatMap(({ documentId, first, count, hashes }) => {
    const numbers = passages.get(documentId) ?? []
    return numbers
      .filter((number) => number >= first && number < first + count)
      .map((number) => {
        const start = hashBytes * (number - first)
        return { documentId, number, hash: Buffer.from(hashes.subarray(start, start + hashBytes)) }
      })
  })
}
