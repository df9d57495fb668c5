import type { Queryable, Tx } from '../database/database.ts'
import { now } from '../database/database.ts'
import type { DocumentId, FileId, JobId, ProjectId } from '../ids.ts'
import type { TextRef } from './document-text-store.ts'

const rowsPerSlice = 200
/** No job's id: who wrote the document can't show it any more. */
const abandoned = 'abandoned' as JobId

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

/** From here on nobody shows it; false when it is shown already, or gone. */
export async function abandonDocument(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('documents')
    .set({ staged_by: abandoned })
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .where('staged_by', 'is not', null)
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

/** What dead attempts left: begun by this very job, which begins anew, or by one that is over. */
export async function listAbandoned(
  db: Queryable,
  projectId: ProjectId,
  own?: { readonly fileId: FileId; readonly jobId: JobId },
): Promise<TextRef[]> {
  const rows = await db
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('staged_by', 'is not', null)
    .$if(own !== undefined, (query) => query.where('file_id', '=', own?.fileId ?? ('' as FileId)))
    .where((eb) =>
      eb.or([
        eb('staged_by', '=', own?.jobId ?? abandoned),
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
  return rows.map(({ id }: { id: DocumentId }) => ({ projectId, documentId: id }))
}

/** Deletes some of an abandoned document's rows, and with the last of them the document; true when that is done. */
export async function clearDocumentSlice(tx: Tx, { projectId, documentId }: TextRef): Promise<boolean> {
  const passages = await tx
    .selectFrom('passages')
    .select('number')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('number')
    .limit(rowsPerSlice)
    .execute()
  const texts = await tx
    .selectFrom('document_texts')
    .select('start')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('start')
    .limit(rowsPerSlice)
    .execute()
  await tx
    .deleteFrom('passages')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('number', '<=', passages.at(-1)?.number ?? -1)
    .execute()
  await tx
    .deleteFrom('document_texts')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('start', '<=', texts.at(-1)?.start ?? -1)
    .execute()
  if (passages.length === rowsPerSlice || texts.length === rowsPerSlice) return false
  await tx
    .deleteFrom('documents')
    .where('project_id', '=', projectId)
    .where('id', '=', documentId)
    .where('staged_by', '=', abandoned)
    .execute()
  return true
}
