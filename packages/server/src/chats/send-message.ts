import type { Principal } from '../accounts/principal.ts'
import type { AnswerParameters } from '../answers/answer.ts'
import { announceChange } from '../database/change-notice.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import { storeOnce } from '../database/store-once.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { invalidField, QuoryError } from '../errors.ts'
import type { AnswerId, IdSource, MessageId } from '../ids.ts'
import { type AppendedQuestion, appendQuestion } from './append-question.ts'
import { appendReply } from './append-reply-store.ts'
import type { ChatRef, Message } from './chat.ts'
import { requireChat } from './chat-store.ts'
import { findMessage } from './message-store.ts'
import { leadTo } from './path-store.ts'

const forgetKeyMs = 3_600_000

export interface SendDependencies {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  /** Callers' own provider keys, kept in this process only and forgotten with the answer. */
  readonly callerKeys: Map<AnswerId, string>
}

export interface QuestionIds {
  readonly questionId: MessageId
  readonly replyId: MessageId
  readonly answerId: AnswerId
  readonly made: IdSource['made']
}

export function takeQuestionIds(ids: IdSource): QuestionIds {
  const questionId = ids.next<MessageId>()
  const replyId = ids.next<MessageId>()
  return { questionId, replyId, answerId: ids.next<AnswerId>(), made: ids.made }
}

export interface QuestionInput extends ChatRef {
  readonly ids: QuestionIds
  readonly content: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** Shown with the reply, such as Quivr's brain and prompt. */
  readonly replyMetadata?: Readonly<Record<string, unknown>>
  readonly parentId?: MessageId | undefined
  /** The question that this one stands beside, as its edited form. */
  readonly siblingOf?: MessageId | undefined
  readonly model: string | null
  readonly parameters: AnswerParameters
  readonly openaiKey?: string | undefined
}

export interface SentQuestion {
  readonly question: Message
  readonly replyId: MessageId
  readonly answerId: AnswerId
  /** Not sent before, by an earlier run of the same request. */
  readonly isNew: boolean
}

/** Commits the question with the answer to be generated, then wakes the workers. What got through is never lost. */
export async function sendMessage(
  dependencies: SendDependencies,
  principal: Principal,
  input: QuestionInput,
): Promise<SentQuestion> {
  const { db, wakeUp, node, callerKeys } = dependencies
  const { questionId, replyId, answerId } = input.ids
  const before = await findSentQuestion(dependencies, principal, input)
  if (before !== undefined) return before
  const time = now()
  const parentId = await findParent(db, principal, input)
  keepCallerKey(dependencies, input)
  const metadata = { ...input.metadata, assistant_message_id: replyId }
  const store = async () => {
    const appended = await appendQuestion(db, {
      ...input,
      principal,
      questionId,
      replyId,
      answerId,
      time,
      parentId,
      metadata,
      replyMetadata: input.replyMetadata ?? {},
      pinnedNode: input.openaiKey === undefined ? null : node,
    })
    if (appended === undefined) {
      callerKeys.delete(answerId)
      throw new QuoryError('chat_not_found', 'Chat not found')
    }
    return { question: asStored({ ...input, metadata }, appended, time), isNew: true }
  }
  const stored = await storeOnce(store, async () => {
    const question = await findMessage(db.query, input, questionId)
    return question === undefined ? undefined : { question, isNew: false }
  })
  wakeUp.notify('answer-queued', answerId)
  announceChange(wakeUp, { type: 'chat', projectId: input.projectId, chatId: input.chatId })
  return { ...stored, replyId, answerId }
}

/** What an earlier run of the same request sent; `undefined` when it was cut off before, or when there was none. */
export async function findSentQuestion(
  dependencies: SendDependencies,
  principal: Principal,
  input: Pick<QuestionInput, 'projectId' | 'chatId' | 'ids' | 'openaiKey'>,
): Promise<SentQuestion | undefined> {
  const { db, wakeUp } = dependencies
  const { questionId, replyId, answerId, made } = input.ids
  if (made === 'nothing') return undefined
  await requireChat(db.query, principal, input, 'write')
  const question = await findMessage(db.query, input, questionId)
  if (question === undefined) {
    if (made === 'perhaps') return undefined
    throw new QuoryError('message_not_found', 'The message that this request made was deleted')
  }
  // The node that was told it before may be gone.
  keepCallerKey(dependencies, input)
  wakeUp.notify('answer-queued', answerId)
  return { question, replyId, answerId, isNew: false }
}

function keepCallerKey(
  { callerKeys }: SendDependencies,
  { ids: { answerId }, openaiKey }: Pick<QuestionInput, 'ids' | 'openaiKey'>,
): void {
  if (openaiKey === undefined) return
  callerKeys.set(answerId, openaiKey)
  // The worker forgets it with the answer; this is for one that never runs.
  setTimeout(() => callerKeys.delete(answerId), forgetKeyMs).unref()
}

function asStored(
  { projectId, chatId, ids, content, metadata }: QuestionInput,
  { position, parentId }: AppendedQuestion,
  time: string,
): Message {
  return {
    projectId,
    chatId,
    id: ids.questionId,
    position: position - 1,
    role: 'user',
    content,
    status: 'completed',
    parentId,
    answerId: null,
    metadata,
    model: null,
    usage: null,
    citations: [],
    details: null,
    error: null,
    cancelRequestedAt: null,
    rating: null,
    createdAt: time,
    completedAt: time,
  }
}

/** Where a question branches off; undefined goes on with the active path. */
async function findParent(
  db: Database,
  principal: Principal,
  input: QuestionInput,
): Promise<MessageId | null | undefined> {
  const { parentId, siblingOf } = input
  const place = parentId ?? siblingOf
  if (place === undefined) return undefined
  // First the chat: what is wrong with the parent would tell a stranger whether it is there.
  await requireChat(db.query, principal, input, 'write')
  const named = await findMessage(db.query, input, place)
  if (parentId !== undefined && siblingOf !== undefined) {
    throw wrongPlace('sibling_of', siblingOf, 'parent_id and sibling_of exclude each other')
  }
  if (siblingOf !== undefined && named?.role !== 'user') {
    throw wrongPlace('sibling_of', siblingOf, 'sibling_of must name a question of this chat')
  }
  if (parentId !== undefined && named?.role !== 'assistant') {
    throw wrongPlace('parent_id', parentId, 'parent_id must name an assistant message of this chat')
  }
  const parent = parentId ?? named?.parentId ?? null
  if (parent !== null) await leadTo(db.query, input, parent)
  return parent
}

function wrongPlace(field: string, input: MessageId, reason: string): QuoryError {
  return invalidField({ type: 'value_error', loc: ['body', field], msg: `Value error, ${reason}`, input })
}

interface RegenerationInput {
  readonly replyId: MessageId
  readonly answerId: AnswerId
  /** The reply to be made anew. */
  readonly messageId: MessageId
  readonly model: string | null
  readonly temperature: number | null
  readonly maxTokens: number | null
  readonly isContinued: boolean
}

/** A new reply to the same question, beside the old one, which stays. */
export async function regenerateReply(
  { db, wakeUp }: SendDependencies,
  principal: Principal,
  ref: ChatRef,
  input: RegenerationInput,
): Promise<void> {
  const append = async () => {
    await inTransaction(db, (tx) => appendReply(tx, { ...ref, ...input, ownerId: principal.userId, time: now() }))
    return input.replyId
  }
  await storeOnce(append, async () => (await findMessage(db.query, ref, input.replyId))?.id)
  wakeUp.notify('answer-queued', input.answerId)
}
