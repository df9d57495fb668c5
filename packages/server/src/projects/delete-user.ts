import type { Principal } from '../accounts/principal.ts'
import { deleteUser } from '../accounts/user-store.ts'
import type { AnswerRef } from '../answers/answer.ts'
import { type AnswerCondition, lockUnfinishedAnswers, markCancelled } from '../answers/stop-answers-store.ts'
import { clearingKind, removeChatsOf } from '../chats/removed-chat-store.ts'
import type { ProjectId, UserId } from '../ids.ts'
import { announceRemoval, type DeletionDependencies } from './delete-project.ts'
import { lockWork, removeProjects, type StoppedWork } from './removed-project-store.ts'

/** Deletes a user as `deleteUser` says and stops what runs for them and in what went; a refusal stops nothing. */
export async function deleteUserWithWork(
  { db, wakeUp }: DeletionDependencies,
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
  let work: StoppedWork = { answers: [], jobs: [] }
  await deleteUser(db, principal, id, {
    lockWork: async (tx, projects) => {
      theirs = await lockUnfinishedAnswers(db, tx, isTheirs)
      // What they asked in a chat of somebody else's stays, and ends as cancelled.
      await markCancelled(tx, isTheirs)
      work = await lockWork(db, tx, projects)
    },
    removeProjects: async (tx, projects) => {
      work = workIn(projects, work)
      await removeProjects(tx, projects, work)
    },
    removeChats: (tx) => removeChatsOf(tx, id),
  })
  const answers = new Map([...theirs, ...work.answers].map((answer) => [answer.answerId, answer]))
  announceRemoval(wakeUp, { answers: [...answers.values()], jobs: work.jobs })
  wakeUp.notify('job-queued', clearingKind)
}

function workIn(projects: readonly ProjectId[], { answers, jobs }: StoppedWork): StoppedWork {
  const isIn = ({ projectId }: { readonly projectId: ProjectId }) => projects.includes(projectId)
  return { answers: answers.filter(isIn), jobs: jobs.filter(isIn) }
}
