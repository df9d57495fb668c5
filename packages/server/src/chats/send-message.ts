import type { Principal } from '../accounts/principal.ts'
import type { AnswerParameters } from '../answers/answer.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { invalidField, QuoryError } from '../errors.ts'
import { type AnswerId, type MessageId, newId } from '../ids.ts'
import { appendQuestion } from './append-question.ts'
import type { ChatRef, Message } from './chat.ts'
import { requireChat } from './chat-store.ts'
import { appendReply, findMessage } from './message-store.ts'

const forgetKeyMs = 3_600_000

export interface SendDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  /** Callers' own provider keys, kept in this process only and forgotten with the answer. */
  readonly callerKeys: Map<AnswerId, string>
}

export interface QuestionInput extends ChatRef {
  readonly content: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** Shown with the reply, such as Quivr's brain and prompt. */
  readonly replyMetadata?: Readonly<Record<string, unknown>>
  readonly parentId?: MessageId | undefined
  readonly model: string | null
  readonly parameters: AnswerParameters
  readonly openaiKey?: string | undefined
}

export interface SentQuestion {
  readonly question: Message
  readonly replyId: MessageId
  readonly answerId: AnswerId
}

/** Commits the question with the answer to be generated, then wakes the workers. What got through is never lost. */
export async function sendMessage(
  { db, wakeUp, node, callerKeys }: SendDependencies,
  principal: Principal,
  input: QuestionInput,
): Promise<SentQuestion> {
  const questionId = newId<MessageId>()
  const replyId = newId<MessageId>()
  const answerId = newId<AnswerId>()
  const time = now()
  if (input.parentId !== undefined) {
    // First the chat: what is wrong with the parent would tell a stranger whether it is there.
    await requireChat(db.query, principal, input, 'write')
    await requireParent(db, input, input.parentId)
  }
  if (input.openaiKey !== undefined) {
    callerKeys.set(answerId, input.openaiKey)
    // The worker forgets it with the answer; this is for one that never runs.
    setTimeout(() => callerKeys.delete(answerId), forgetKeyMs).unref()
  }
  const appended = await appendQuestion(db, {
    ...input,
    principal,
    questionId,
    replyId,
    answerId,
    time,
    parentId: input.parentId,
    metadata: { ...input.metadata, assistant_message_id: replyId },
    replyMetadata: input.replyMetadata ?? {},
    pinnedNode: input.openaiKey === undefined ? null : node,
  })
  if (appended === undefined) {
    callerKeys.delete(answerId)
    throw new QuoryError('chat_not_found', 'Chat not found')
  }
  wakeUp.notify('answer-queued', answerId)
  return {
    replyId,
    answerId,
    question: {
      projectId: input.projectId,
      chatId: input.chatId,
      id: questionId,
      position: appended.position - 1,
      role: 'user',
      content: input.content,
      status: 'completed',
      parentId: appended.parentId,
      answerId: null,
      metadata: { ...input.metadata, assistant_message_id: replyId },
      model: null,
      usage: null,
      citations: [],
      error: null,
      rating: null,
      createdAt: time,
      completedAt: time,
    },
  }
}

async function requireParent(db: Database, ref: ChatRef, parentId: MessageId): Promise<void> {
  const parent = await findMessage(db.query, ref, parentId)
  if (parent?.role === 'assistant') return
  const msg = 'Value error, parent_id must name an assistant message of this chat'
  throw invalidField({ type: 'value_error', loc: ['body', 'parent_id'], msg, input: parentId })
}

/** A new reply to the same question, beside the old one, which stays. */
export async function regenerateReply(
  { db, wakeUp }: SendDependencies,
  principal: Principal,
  ref: ChatRef,
  input: { messageId: MessageId; model: string | null; temperature: number | null; maxTokens: number | null },
): Promise<{ replyId: MessageId; answerId: AnswerId }> {
  const replyId = newId<MessageId>()
  const answerId = newId<AnswerId>()
  await inTransaction(db, (tx) =>
    appendReply(tx, { ...ref, ...input, ownerId: principal.userId, replyId, answerId, time: now() }),
  )
  wakeUp.notify('answer-queued', answerId)
  return { replyId, answerId }
}
