import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import { announceStopped } from '../answers/stop-answers-store.ts'
import { announceChange } from '../database/change-notice.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ProjectId } from '../ids.ts'
import { announceWithdrawn } from '../jobs/job.ts'
import { lockDeletable, requireProject } from './project-store.ts'
import { lockWork, removalKind, removeProjects, type StoppedWork } from './removed-project-store.ts'

export interface DeletionDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
}

/**
 * Stops what runs in a project and takes it, with everything in it, out of everybody's sight, in one transaction; a
 * refusal stops nothing. Its rows and files go afterwards, a little at a time: see `clear-project`.
 */
export async function deleteProject(
  { db, wakeUp }: DeletionDependencies,
  principal: Principal,
  id: ProjectId,
): Promise<void> {
  const { work, members } = await inTransaction(db, async (tx) => {
    // Before anything of somebody else's is held.
    requireScope(principal, 'admin')
    await requireProject(tx, principal, id, 'owner')
    const work = await lockWork(db, tx, [id])
    await lockDeletable(db, tx, principal, id)
    return { work, members: await removeProjects(tx, [id], work) }
  })
  announceRemoval(wakeUp, work)
  // An administrator deletes what they are no member of, and may look at it elsewhere.
  for (const userId of new Set([...members, principal.userId]))
    announceChange(wakeUp, { type: 'project-deleted', projectId: id, userId })
}

/** After the commit that took projects away. */
export function announceRemoval(wakeUp: WakeUp, work: StoppedWork): void {
  announceStoppedWork(wakeUp, work)
  wakeUp.notify('job-queued', removalKind)
}

export function announceStoppedWork(wakeUp: WakeUp, { answers, jobs }: StoppedWork): void {
  announceStopped(wakeUp, answers)
  announceWithdrawn(
    wakeUp,
    jobs.map(({ id }) => id),
  )
}
