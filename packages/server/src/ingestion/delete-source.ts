import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { announceWithdrawn } from '../jobs/job.ts'
import { removeDocuments } from '../retrieval/document-store.ts'
import type { RankingParts } from '../retrieval/rank-passages.ts'
import { embedKind, requestEmbedding } from '../retrieval/vectors/embed-project.ts'
import { tidyKind } from '../retrieval/words/request-tidying.ts'
import type { TableFiles } from '../tables/table-files.ts'
import { requireDataEditor } from './data-access.ts'
import { emptySource, withdrawSourceJobs } from './empty-source.ts'
import type { FileStore } from './files/file-store.ts'
import { type SourceRef, sourceNotFound } from './source.ts'
import { listFileIds } from './source-file-store.ts'
import { deleteSourceRow, lockSource } from './source-store.ts'

interface DeletionDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly tableFiles: Pick<TableFiles, 'clean'>
  readonly wakeUp: WakeUp
  readonly ranking?: RankingParts | undefined
}

/**
 * Takes a source with its jobs, documents, tables and files. What is reading it just now writes nothing. Nobody finds any
 * of it from the answer on; of many files most go before, and rows of large documents afterwards, piece by piece.
 */
export async function deleteSource(
  { db, files, tableFiles, wakeUp, ranking }: DeletionDependencies,
  principal: Principal,
  ref: SourceRef,
): Promise<void> {
  await requireDataEditor(db.query, principal, ref.projectId)
  await emptySource({ db, files, wakeUp }, ref)
  const { jobs, removed } = await inTransaction(db, async (tx) => {
    // Job before source, the order in which the worker takes them.
    const jobs = await withdrawSourceJobs(tx, ref)
    if ((await lockSource(db, tx, ref)) === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    await removeDocuments(tx, ref.projectId, ref.sourceId)
    const removed = (await listFileIds(tx, ref)).map((fileId) => ({ projectId: ref.projectId, fileId }))
    await deleteSourceRow(tx, ref)
    for (const file of removed) await files.remove(tx, file)
    // What is kept of its passages' texts beside them goes, too.
    if (ranking?.vectors !== undefined) await requestEmbedding(tx, ref.projectId)
    return { jobs, removed }
  })
  announceWithdrawn(wakeUp, jobs)
  wakeUp.notify('job-queued', tidyKind)
  if (ranking?.vectors !== undefined) wakeUp.notify('job-queued', embedKind)
  for (const file of removed) await files.discard(file)
  await tableFiles.clean(ref.projectId)
}
