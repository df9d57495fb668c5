import { isFinished } from '../answers/answer.ts'
import { cancelQueuedAnswer } from '../answers/answer-end-store.ts'
import { requestCancel } from '../answers/answer-store.ts'
import type { AnswerLog } from '../answers/log/answer-log.ts'
import { announceChange } from '../database/change-notice.ts'
import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { ChatRef, Message } from './chat.ts'
import { findMessage } from './message-store.ts'

export interface CancelDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly log: AnswerLog
}

/** How long a cancel call waits to see the end; whoever runs the answer ends it in any case. */
const waitForEndMs = 2_000

/**
 * Stops an answer, wherever it runs, and returns the message as it then is: unfinished when the node that runs it did
 * not end it in time, `undefined` when it was deleted meanwhile. Idempotent: after the end it changes nothing.
 */
export async function cancelAnswer(
  { db, wakeUp, log }: CancelDependencies,
  ref: ChatRef,
  message: Message,
): Promise<Message | undefined> {
  if (message.answerId === null || isFinished(message.status)) return message
  const answer = { ...ref, answerId: message.answerId, messageId: message.id }
  const ended = await cancelQueuedAnswer(db, answer)
  if (ended === undefined && (await requestCancel(db.query, answer))) {
    wakeUp.notify('answer-cancel', message.answerId)
    await log.waitForEnd(answer, AbortSignal.timeout(waitForEndMs))
  } else {
    wakeUp.notify('answer-events', message.answerId)
    // The next answer of the chat may have waited for this one.
    wakeUp.notify('answer-queued', message.answerId)
    announceChange(wakeUp, { type: 'answer-ended', ...ref, messageId: message.id })
  }
  return await findMessage(db.query, ref, message.id)
}
