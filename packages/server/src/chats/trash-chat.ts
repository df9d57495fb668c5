import {
  type AnswerCondition,
  announceStopped,
  lockUnfinishedAnswers,
  markCancelled,
} from '../answers/stop-answers-store.ts'
import { inTransaction } from '../database/database.ts'
import { type CancelDependencies, cancelAnswer } from './cancel-answer.ts'
import type { ChatRef } from './chat.ts'
import { lockChat } from './chat-store.ts'
import { listUnfinishedReplies } from './message-store.ts'
import { markDeleted } from './trash-store.ts'

/** Stops what is being generated, whose text so far stays, and takes the chat out of sight. */
export async function trashChat(dependencies: CancelDependencies, ref: ChatRef): Promise<void> {
  const { db, wakeUp } = dependencies
  const isInChat: AnswerCondition = (eb) =>
    eb.and([eb('project_id', '=', ref.projectId), eb('chat_id', '=', ref.chatId)])
  const stopped = await inTransaction(db, async (tx) => {
    await lockUnfinishedAnswers(db, tx, isInChat)
    await lockChat(db, tx, ref)
    const answers = await lockUnfinishedAnswers(db, tx, isInChat)
    await markCancelled(tx, isInChat)
    await markDeleted(tx, ref)
    return answers
  })
  announceStopped(wakeUp, stopped)
  const replies = stopped.length === 0 ? [] : await listUnfinishedReplies(db.query, ref)
  await Promise.all(replies.map((reply) => cancelAnswer(dependencies, ref, reply)))
}
