import {
  type AnswerCondition,
  announceStopped,
  lockUnfinishedAnswers,
  markCancelled,
} from '../answers/stop-answers-store.ts'
import { inTransaction } from '../database/database.ts'
import { type CancelDependencies, cancelAnswer } from './cancel-answer.ts'
import type { ChatRef, Message } from './chat.ts'
import { deleteChatRow } from './chat-store.ts'
import { deleteMessageRow, listUnfinishedReplies } from './message-store.ts'
import { clearingKind, lockForDeletion, removeChat } from './removed-chat-store.ts'

/**
 * Stops what is being generated and removes everything, in one transaction: nothing can be asked or begun in between. Of
 * a large chat it leaves what nobody sees, for `clear-chats`. What runs hangs up on its model as soon as it hears of it;
 * readers get their end from the missing row.
 */
export async function deleteChat({ db, wakeUp }: CancelDependencies, ref: ChatRef): Promise<void> {
  const isInChat: AnswerCondition = (eb) =>
    eb.and([eb('project_id', '=', ref.projectId), eb('chat_id', '=', ref.chatId)])
  const { answers, isLarge } = await inTransaction(db, async (tx) => {
    await lockUnfinishedAnswers(db, tx, isInChat)
    const isLarge = await lockForDeletion(db, tx, ref)
    const answers = await lockUnfinishedAnswers(db, tx, isInChat)
    if (isLarge) await removeChat(tx, ref, answers)
    else await deleteChatRow(tx, ref)
    return { answers, isLarge }
  })
  announceStopped(wakeUp, answers)
  if (isLarge) wakeUp.notify('job-queued', clearingKind)
}

/** A reply goes with its answer; a question cancels the replies to it, which stay with what they have. */
export async function deleteMessage(dependencies: CancelDependencies, ref: ChatRef, message: Message): Promise<void> {
  const { db, wakeUp } = dependencies
  const column = message.role === 'user' ? 'question_id' : 'message_id'
  const isConcerned: AnswerCondition = (eb) =>
    eb.and([eb('project_id', '=', ref.projectId), eb('chat_id', '=', ref.chatId), eb(column, '=', message.id)])
  const stopped = await inTransaction(db, async (tx) => {
    const answers = await lockUnfinishedAnswers(db, tx, isConcerned)
    if (message.role === 'user') await markCancelled(tx, isConcerned)
    await deleteMessageRow(tx, ref, message)
    return answers
  })
  announceStopped(wakeUp, stopped)
  if (message.role === 'user') {
    const replies = await listUnfinishedReplies(db.query, ref, message.id)
    await Promise.all(replies.map((reply) => cancelAnswer(dependencies, ref, reply)))
  }
}
