import type { Principal } from '../accounts/principal.ts'
import { deleteUser } from '../accounts/user-store.ts'
import type { AnswerRef } from '../answers/answer.ts'
import { type AnswerCondition, lockUnfinishedAnswers, markCancelled } from '../answers/stop-answers-store.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { announceStoppedWork, type DeletionDependencies, lockWork, type StoppedWork } from './delete-project.ts'

/** Deletes a user as `deleteUser` says and stops what runs for them and in what went; a refusal stops nothing. */
export async function deleteUserWithWork(
  { db, wakeUp, files }: DeletionDependencies,
  principal: Principal,
  id: UserId,
): Promise<void> {
  // Asked by them, or in their chats by an administrator.
  const isTheirs: AnswerCondition = (eb) =>
    eb.or([
      eb('owner_id', '=', id),
      eb.exists(
        eb
          .selectFrom('chats')
          .select('chats.id')
          .whereRef('chats.project_id', '=', 'answers.project_id')
          .whereRef('chats.id', '=', 'answers.chat_id')
          .where('chats.owner_id', '=', id),
      ),
    ])
  let theirs: readonly AnswerRef[] = []
  let owned: StoppedWork = { answers: [], jobs: [] }
  const gone = new Set(
    await deleteUser(db, principal, id, async (tx, projects) => {
      theirs = await lockUnfinishedAnswers(db, tx, isTheirs)
      // What they asked in a chat of somebody else's stays, and ends as cancelled.
      await markCancelled(tx, isTheirs)
      owned = await lockWork(db, tx, projects)
    }),
  )
  const isGone = ({ projectId }: { projectId: ProjectId }) => gone.has(projectId)
  const answers = new Map([...theirs, ...owned.answers.filter(isGone)].map((answer) => [answer.answerId, answer]))
  announceStoppedWork(wakeUp, { answers: [...answers.values()], jobs: owned.jobs.filter(isGone) })
  for (const projectId of gone) await files.discardProject(projectId)
}
