import { inTransaction } from '../../database/database.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { fileRef, type SourceFile } from '../source-file.ts'
import { deleteFileRow, findFile, markMembersGone } from '../source-file-store.ts'
import { lockSource } from '../source-store.ts'
import { dropDocument } from './share-document.ts'
import type { SyncSession } from './sync-session.ts'

/** Takes a file that its source no longer has: its document, unless another file shares it, its original and its row. */
export async function removeGone(
  { db, job, ref, files, tableFiles, counts }: SyncSession,
  file: SourceFile,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    const source = await lockSource(db, tx, ref)
    const current = await findFile(tx, fileRef(file))
    if (source === undefined || current === undefined) return
    await dropDocument(tx, source, current)
    await files.remove(tx, fileRef(file))
    for (const member of await markMembersGone(tx, current, [])) counts.move(member, { ...member, status: 'gone' })
    await deleteFileRow(tx, fileRef(file))
  })
  await files.discard(fileRef(file))
  await tableFiles.clean(ref.projectId)
  counts.move(file, undefined)
}
