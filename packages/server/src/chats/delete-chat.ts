import type { ProjectId, UserId } from '../ids.ts'
import { type CancelDependencies, cancelAnswer } from './cancel-answer.ts'
import type { ChatRef, Message } from './chat.ts'
import {
  deleteChatRow,
  listChatsWithUnfinishedReplies,
  listUnfinishedChatsOf,
  listUnfinishedReplies,
} from './chat-store.ts'
import { deleteMessageRow, findMessage } from './message-store.ts'

/** Stops what is being generated first, newest first so that no waiting answer begins, then removes everything. */
export async function deleteChat(dependencies: CancelDependencies, ref: ChatRef): Promise<void> {
  await cancelReplies(dependencies, ref)
  await deleteChatRow(dependencies.db.query, ref)
}

export async function deleteMessage(dependencies: CancelDependencies, ref: ChatRef, message: Message): Promise<void> {
  const reply = message.role === 'user' ? await findReplyOf(dependencies, ref, message) : message
  if (reply !== undefined) await cancelAnswer(dependencies, ref, reply)
  await deleteMessageRow(dependencies.db, ref, message)
}

/** Stops every answer of a user, before the user is deleted. */
export async function cancelUserAnswers(dependencies: CancelDependencies, userId: UserId): Promise<void> {
  for (const ref of await listUnfinishedChatsOf(dependencies.db.query, userId)) await cancelReplies(dependencies, ref)
}

/** Stops every answer in a project, before the project is deleted. */
export async function cancelProjectAnswers(dependencies: CancelDependencies, projectId: ProjectId): Promise<void> {
  for (const chatId of await listChatsWithUnfinishedReplies(dependencies.db.query, projectId)) {
    await cancelReplies(dependencies, { projectId, chatId })
  }
}

async function cancelReplies(dependencies: CancelDependencies, ref: ChatRef): Promise<void> {
  for (const { message_id } of await listUnfinishedReplies(dependencies.db.query, ref)) {
    const message = await findMessage(dependencies.db.query, ref, message_id)
    if (message !== undefined) await cancelAnswer(dependencies, ref, message)
  }
}

async function findReplyOf({ db }: CancelDependencies, ref: ChatRef, question: Message): Promise<Message | undefined> {
  const replyId = (await listUnfinishedReplies(db.query, ref)).find(
    (reply) => reply.question_id === question.id,
  )?.message_id
  return replyId === undefined ? undefined : findMessage(db.query, ref, replyId)
}
