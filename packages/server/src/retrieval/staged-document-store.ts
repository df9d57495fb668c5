import type { Queryable, Tx } from '../database/database.ts'
import { now } from '../database/database.ts'
import type { DocumentId, FileId, JobId, ProjectId } from '../ids.ts'
import type { TextRef } from './document-text-store.ts'

/** No job's id: nobody shows such a document again, and its rows go piece by piece. */
export const goingAway = 'abandoned' as JobId
/** Some 250 KB of passages, and as much of texts, whose rows are longer, and of vectors, whose rows are much longer. */
const perSlice = { passages: 200, texts: 16, vectors: 2 }

/** What was written of a document is whole: everybody sees it from the commit on. False when it was given up meanwhile. */
export async function showDocument(
  tx: Tx,
  { projectId, documentId }: TextRef,
  { jobId, name }: { readonly jobId: JobId; readonly name: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('documents')
    .set({ staged_by: null, name, created_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .where('staged_by', '=', jobId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** From here on nobody shows it; false when it is shown already, or gone, or going. */
export async function abandonDocument(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('documents')
    .set({ staged_by: goingAway })
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    // Neither is null.
    .where('staged_by', '!=', goingAway)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function hasStaged(db: Queryable, projectId: ProjectId): Promise<boolean> {
  const row = await db
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('staged_by', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** A document that nobody shows any more. */
export interface AbandonedDocument extends TextRef {
  /** It was shown once, or is being cleared already. */
  readonly isGoing: boolean
  readonly passageCount: number
  readonly length: number
}

/** What was taken out of the index, and what dead attempts left: begun by this very job, which begins anew, or by one that is over. */
export async function listAbandoned(
  db: Queryable,
  projectId: ProjectId,
  own?: { readonly fileId: FileId; readonly jobId: JobId },
): Promise<AbandonedDocument[]> {
  const rows = await db
    .selectFrom('documents')
    .select(['id', 'staged_by', 'passage_count', 'length'])
    .where('project_id', '=', projectId)
    .where('staged_by', 'is not', null)
    .$if(own !== undefined, (query) => query.where('file_id', '=', own?.fileId ?? ('' as FileId)))
    .where((eb) =>
      eb.or([
        eb('staged_by', '=', own?.jobId ?? goingAway),
        eb.not(
          eb.exists(
            eb
              .selectFrom('jobs')
              .select('jobs.id')
              .where('jobs.project_id', '=', projectId)
              .whereRef('jobs.id', '=', 'documents.staged_by')
              .where('jobs.state', 'in', ['queued', 'running']),
          ),
        ),
      ]),
    )
    .execute()
  return rows.map(({ id: documentId, staged_by, passage_count: passageCount, length }) => {
    return { projectId, documentId, isGoing: staged_by === goingAway, passageCount, length }
  })
}

/** Deletes some of an abandoned document's rows, and with the last of them the document; true when that is done. */
export async function clearDocumentSlice(tx: Tx, ref: TextRef): Promise<boolean> {
  const isEmpty = [await clearPassages(tx, ref), await clearTexts(tx, ref), await clearVectors(tx, ref)]
  if (isEmpty.includes(false)) return false
  await deleteAbandoned(tx, ref.projectId, [ref.documentId])
  return true
}

/** With all their rows, by their foreign keys: for small ones. */
export async function deleteAbandoned(tx: Tx, projectId: ProjectId, ids: readonly DocumentId[]): Promise<void> {
  await tx
    .deleteFrom('documents')
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
    .where('staged_by', '=', goingAway)
    .execute()
}

async function clearPassages(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const rows = await tx
    .selectFrom('passages')
    .select('number')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('number')
    .limit(perSlice.passages)
    .execute()
  await tx
    .deleteFrom('passages')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('number', '<=', rows.at(-1)?.number ?? -1)
    .execute()
  return rows.length < perSlice.passages
}

async function clearTexts(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const rows = await tx
    .selectFrom('document_texts')
    .select('start')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('start')
    .limit(perSlice.texts)
    .execute()
  await tx
    .deleteFrom('document_texts')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('start', '<=', rows.at(-1)?.start ?? -1)
    .execute()
  return rows.length < perSlice.texts
}

async function clearVectors(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const rows = await tx
    .selectFrom('embeddings')
    .select(['set_id', 'blocks_after'])
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('set_id')
    .orderBy('blocks_after')
    .limit(perSlice.vectors)
    .execute()
  for (const { set_id, blocks_after } of rows) {
    await tx
      .deleteFrom('embeddings')
      .where('project_id', '=', projectId)
      .where('document_id', '=', documentId)
      .where('set_id', '=', set_id)
      .where('blocks_after', '=', blocks_after)
      .execute()
  }
  return rows.length < perSlice.vectors
}
