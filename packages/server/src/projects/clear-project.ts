import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ProjectId } from '../ids.ts'
import type { JobHandler } from '../jobs/job.ts'
import { runAgain } from '../jobs/project-job-store.ts'
import { inShortTransaction } from '../retrieval/stage-document.ts'
import { announceStoppedWork } from './delete-project.ts'
import { clearSlice, type ProjectTable, projectTables, type Slice } from './project-rows-store.ts'
import { deleteRemovedProject, deleteWork, lockWork } from './removed-project-store.ts'

/** After a disk was full, say: what nobody sees may wait. */
const retryMs = 60_000

interface ClearingDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly files: { discardProject(projectId: ProjectId): Promise<void> }
}

/** Takes away what was in a deleted project, in transactions of a few milliseconds; a kill in between loses nothing. */
export function createClearingHandler({ db, wakeUp, files }: ClearingDependencies): JobHandler {
  return {
    run: async ({ projectId }, signal) => {
      const work = await inTransaction(db, async (tx) => {
        const held = await lockWork(db, tx, [projectId])
        await deleteWork(tx, held)
        return held
      })
      announceStoppedWork(wakeUp, work)
      // Once more while something turns up: what was being written when the project was deleted.
      while (await clearRows(db, projectId, signal));
      await files.discardProject(projectId)
      return (tx) => deleteRemovedProject(tx, projectId)
    },
    giveUp: (tx, job) => runAgain(tx, job, retryMs),
  }
}

async function clearRows(db: Database, projectId: ProjectId, signal: AbortSignal): Promise<boolean> {
  let hasFound = false
  for (const table of projectTables) {
    if (table.engine !== undefined && table.engine !== db.engine) continue
    if (await clearTable(db, projectId, table, signal)) hasFound = true
  }
  return hasFound
}

/** Whether anything was there. */
export async function clearTable(
  db: Database,
  projectId: ProjectId,
  table: ProjectTable,
  signal: AbortSignal,
): Promise<boolean> {
  let hasFound = false
  for (let after: Slice['end']; ; ) {
    signal.throwIfAborted()
    const slice = await inShortTransaction(db, (tx) => clearSlice(tx, projectId, table, after))
    if (slice.count > 0) hasFound = true
    if (slice.end === undefined) return hasFound
    after = slice.end
  }
}
