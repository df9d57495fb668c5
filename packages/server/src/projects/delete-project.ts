import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import type { AnswerRef } from '../answers/answer.ts'
import { announceStopped, lockUnfinishedAnswers } from '../answers/stop-answers-store.ts'
import { announceChange } from '../database/change-notice.ts'
import { type Database, inTransaction, type Tx } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { JobId, ProjectId } from '../ids.ts'
import { announceWithdrawn } from '../jobs/job.ts'
import { lockUnfinishedJobs } from '../jobs/job-store.ts'
import { deleteProjectRow, requireProject } from './project-store.ts'

export interface DeletionDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  /** Where uploads are; what no transaction governs goes after the commit. */
  readonly files: { discardProject(projectId: ProjectId): Promise<void> }
}

/** What was under way in something that was deleted. */
export interface StoppedWork {
  readonly answers: readonly AnswerRef[]
  readonly jobs: readonly { readonly projectId: ProjectId; readonly id: JobId }[]
}

/** Stops what runs in a project and deletes it with everything in it, in one transaction; a refusal stops nothing. */
export async function deleteProject(
  dependencies: DeletionDependencies,
  principal: Principal,
  id: ProjectId,
): Promise<void> {
  const { db, wakeUp, files } = dependencies
  const { work, members } = await inTransaction(db, async (tx) => {
    // Before anything of somebody else's is held.
    requireScope(principal, 'admin')
    await requireProject(tx, principal, id, 'owner')
    const work = await lockWork(db, tx, [id])
    return { work, members: await deleteProjectRow(db, tx, principal, id) }
  })
  announceStoppedWork(wakeUp, work)
  // An administrator deletes what they are no member of, and may look at it elsewhere.
  for (const userId of new Set([...members, principal.userId]))
    announceChange(wakeUp, { type: 'project-deleted', projectId: id, userId })
  await files.discardProject(id)
}

/**
 * Holds answers and jobs before the project, the order in which they are written. What is asked for after that is
 * stopped as well, but hears of it only at its next write.
 */
export async function lockWork(db: Database, tx: Tx, projects: readonly ProjectId[]): Promise<StoppedWork> {
  if (projects.length === 0) return { answers: [], jobs: [] }
  const answers = await lockUnfinishedAnswers(db, tx, (eb) => eb('project_id', 'in', projects))
  return { answers, jobs: await lockUnfinishedJobs(db, tx, projects) }
}

export function announceStoppedWork(wakeUp: WakeUp, { answers, jobs }: StoppedWork): void {
  announceStopped(wakeUp, answers)
  announceWithdrawn(
    wakeUp,
    jobs.map(({ id }) => id),
  )
}
