import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { announceWithdrawn } from '../jobs/job.ts'
import { withdrawJobs } from '../jobs/job-store.ts'
import { removeDocuments } from '../retrieval/document-store.ts'
import { requireDataEditor } from './data-access.ts'
import type { FileStore } from './file-store.ts'
import { ingestJob } from './ingest-source.ts'
import { type SourceRef, sourceNotFound } from './source.ts'
import { deleteSourceRow, lockSource } from './source-store.ts'

/** Takes a source with its job, passages, postings, statistics and file. What is reading it just now writes nothing. */
export async function deleteSource(
  { db, files, wakeUp }: { db: Database; files: FileStore; wakeUp: WakeUp },
  principal: Principal,
  ref: SourceRef,
): Promise<void> {
  await requireDataEditor(db.query, principal, ref.projectId)
  const withdrawn = await inTransaction(db, async (tx) => {
    // Job before source, the order in which the worker takes them.
    const jobs = await withdrawJobs(tx, ingestJob(ref))
    if ((await lockSource(db, tx, ref)) === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    await removeDocuments(tx, ref.projectId, ref.sourceId)
    await deleteSourceRow(tx, ref)
    await files.remove(tx, ref)
    return jobs
  })
  announceWithdrawn(wakeUp, withdrawn)
  await files.discard(ref)
}
