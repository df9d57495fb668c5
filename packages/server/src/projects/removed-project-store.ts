import type { AnswerRef } from '../answers/answer.ts'
import { lockUnfinishedAnswers } from '../answers/stop-answers-store.ts'
import { type Database, now, type Tx } from '../database/database.ts'
import type { JobId, ProjectId, UserId } from '../ids.ts'
import { lockRunningJobs } from '../jobs/job-store.ts'
import { requestProjectJob } from '../jobs/project-job-store.ts'

/** What takes a deleted project's rows away. */
export const removalKind = 'remove-project'
/** Ids that one statement names. */
const idsPerStatement = 500

/** What was under way in something that was deleted. */
export interface StoppedWork {
  readonly answers: readonly AnswerRef[]
  readonly jobs: readonly { readonly projectId: ProjectId; readonly id: JobId }[]
}

/**
 * Holds answers and jobs before the project, the order in which they are written. What is asked for or begun after that is
 * stopped by whatever takes the rows away.
 */
export async function lockWork(db: Database, tx: Tx, projects: readonly ProjectId[]): Promise<StoppedWork> {
  if (projects.length === 0) return { answers: [], jobs: [] }
  const answers = await lockUnfinishedAnswers(db, tx, (eb) => eb('project_id', 'in', projects))
  return { answers, jobs: await lockRunningJobs(db, tx, projects, removalKind) }
}

/** Of what is held: from the commit on whoever ran it writes nothing more. */
export async function deleteWork(tx: Tx, { answers, jobs }: StoppedWork): Promise<void> {
  for (let at = 0; at < answers.length; at += idsPerStatement) {
    const some = answers.slice(at, at + idsPerStatement)
    await tx
      .deleteFrom('answers')
      .where('project_id', 'in', [...new Set(some.map(({ projectId }) => projectId))])
      .where(
        'id',
        'in',
        some.map(({ answerId }) => answerId),
      )
      .execute()
  }
  for (const { projectId, id } of jobs) {
    await tx.deleteFrom('jobs').where('project_id', '=', projectId).where('id', '=', id).execute()
  }
}

/**
 * From the commit on nobody sees these projects or anything in them, and their names are free. Returns who were their
 * members. `work` is what ran in them, and is held.
 */
export async function removeProjects(tx: Tx, projects: readonly ProjectId[], work: StoppedWork): Promise<UserId[]> {
  if (projects.length === 0) return []
  await deleteWork(tx, work)
  await tx.deleteFrom('project_invitations').where('project_id', 'in', projects).execute()
  const members = await tx
    .deleteFrom('project_members')
    .where('project_id', 'in', projects)
    .returning('user_id')
    .execute()
  // Nameless and in no organization: a node of the release before, which does not know `removed_at`, finds it nowhere.
  const nothing = { organization_id: '', name: '', status: 'private', description: null, instructions: null } as const
  await tx
    .updateTable('projects')
    .set({ ...nothing, prompt_id: null, removed_at: now() })
    .where('id', 'in', projects)
    .execute()
  for (const projectId of projects) {
    await requestProjectJob(tx, { projectId, kind: removalKind, id: removalJobId(projectId), isFirst: true })
  }
  return members.map(({ user_id }) => user_id)
}

/** The project's own id as a UUID of a version that nothing else has. */
function removalJobId(projectId: ProjectId): JobId {
  return `${projectId.slice(0, 14)}b${projectId.slice(15)}` as JobId
}

/** The row, and by foreign keys whatever little came after the rest was gone. */
export async function deleteRemovedProject(tx: Tx, projectId: ProjectId): Promise<void> {
  await tx.deleteFrom('projects').where('id', '=', projectId).where('removed_at', 'is not', null).execute()
}
