import type { Queryable, Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId, SourceId } from '../../ids.ts'
import { findStanding, type Standing } from './standing-store.ts'

const documentsPerRead = 50
/** A few milliseconds on SQLite, whose writes hold the thread. */
const passagesPerSlice = 500

export interface CutDocument {
  readonly documentId: DocumentId
  readonly sourceId: SourceId
}

/** Some documents with passages that the index does not hold, by id after `after`. */
export function listWithStalePassages(
  db: Queryable,
  projectId: ProjectId,
  after: DocumentId | null,
): Promise<CutDocument[]> {
  return db
    .selectFrom('documents')
    .innerJoin('index_documents as standing', (join) =>
      join.onRef('standing.project_id', '=', 'documents.project_id').onRef('standing.document_id', '=', 'documents.id'),
    )
    .innerJoin('index_segments as segment', (join) =>
      join.onRef('segment.project_id', '=', 'standing.project_id').onRef('segment.id', '=', 'standing.segment_id'),
    )
    .select(['documents.id as documentId', 'documents.source_id as sourceId'])
    .where('documents.project_id', '=', projectId)
    .where('segment.state', '=', 'visible')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('passages')
          .select('passages.number')
          .where('passages.project_id', '=', projectId)
          .whereRef('passages.document_id', '=', 'documents.id')
          .where((eb) =>
            eb.or([
              eb('passages.number', '<', eb.ref('standing.first')),
              eb('passages.number', '>=', eb('standing.first', '+', eb.ref('standing.passage_count'))),
            ]),
          ),
      ),
    )
    .$if(after !== null, (query) => query.where('documents.id', '>', after as DocumentId))
    .orderBy('documents.id')
    .limit(documentsPerRead)
    .execute()
}

/** Removes some passages that the index does not hold; with the last of them the counts are put right. True then. */
export async function removeStaleSlice(
  tx: Tx,
  projectId: ProjectId,
  { documentId, sourceId }: CutDocument,
): Promise<boolean> {
  // Source before document, the order in which reading a file locks them.
  await tx
    .updateTable('sources')
    .set((row) => ({ items_done: row.ref('items_done') }))
    .where('project_id', '=', projectId)
    .where('id', '=', sourceId)
    .execute()
  const standing = await findStanding(tx, projectId, documentId, ['visible'])
  if (standing === undefined) return true
  const rows = await selectStale(tx, projectId, documentId, standing).limit(passagesPerSlice).execute()
  if (rows.length > 0) {
    await tx
      .deleteFrom('passages')
      .where('project_id', '=', projectId)
      .where('document_id', '=', documentId)
      .where(
        'number',
        'in',
        rows.map(({ number }) => number),
      )
      .execute()
  }
  if (rows.length === passagesPerSlice) return false
  await recount(tx, projectId, { documentId, sourceId }, standing)
  return true
}

function selectStale(tx: Tx, projectId: ProjectId, documentId: DocumentId, { first, passageCount }: Standing) {
  return tx
    .selectFrom('passages')
    .select('number')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where((eb) => eb.or([eb('number', '<', first), eb('number', '>=', first + passageCount)]))
}

/** A source counts the passages of its documents. */
async function recount(
  tx: Tx,
  projectId: ProjectId,
  { documentId, sourceId }: CutDocument,
  { passageCount, tokenCount }: Standing,
): Promise<void> {
  const before = await tx
    .selectFrom('documents')
    .select('passage_count')
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .executeTakeFirst()
  if (before === undefined) return
  await tx
    .updateTable('documents')
    .set({ passage_count: passageCount, token_count: tokenCount })
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .execute()
  const more = passageCount - before.passage_count
  if (more === 0) return
  await tx
    .updateTable('sources')
    .set((row) => ({ items_done: row('items_done', '+', more), items_total: row('items_total', '+', more) }))
    .where('project_id', '=', projectId)
    .where('id', '=', sourceId)
    .execute()
}
