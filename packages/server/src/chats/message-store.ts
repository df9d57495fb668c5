import { sql } from 'kysely'
import { findAnswer } from '../answers/answer-store.ts'
import { readAttemptText } from '../answers/log/answer-event-store.ts'
import { now, type Queryable, type Tx } from '../database/database.ts'
import { invalidField, QuoryError } from '../errors.ts'
import type { MessageId } from '../ids.ts'
import { forgetBlock } from '../memory/message-block-store.ts'
import type { ChatRef, Message } from './chat.ts'
import { findLeafBelow } from './path-store.ts'

const columns = [
  'project_id',
  'chat_id',
  'id',
  'position',
  'role',
  'content',
  'status',
  'parent_id',
  'answer_id',
  'metadata',
  'model',
  'usage',
  'citations',
  'details',
  'error',
  'rating',
  'created_at',
  'completed_at',
] as const

export function selectMessages(db: Queryable, { projectId, chatId }: ChatRef) {
  return db.selectFrom('messages').select(columns).where('project_id', '=', projectId).where('chat_id', '=', chatId)
}

type MessageRow = Awaited<ReturnType<ReturnType<typeof selectMessages>['executeTakeFirstOrThrow']>>

export function toMessage(row: MessageRow): Message {
  // JSON columns are written by this module and answer-store from these very types.
  const parse = <T>(json: string | null, absent: T): T => (json === null ? absent : (JSON.parse(json) as T))
  return {
    projectId: row.project_id,
    chatId: row.chat_id,
    id: row.id,
    position: row.position,
    role: row.role,
    content: row.content,
    status: row.status,
    parentId: row.parent_id,
    answerId: row.answer_id,
    metadata: parse(row.metadata, {}),
    model: row.model,
    usage: parse(row.usage, null),
    citations: parse(row.citations, []),
    details: parse(row.details, null),
    error: parse(row.error, null),
    cancelRequestedAt: null,
    rating: row.rating,
    createdAt: row.created_at,
    completedAt: row.completed_at,
  }
}

/** While an answer is made, its message shows what its log holds so far; at most one per chat is. */
export async function withTextSoFar(db: Queryable, message: Message): Promise<Message> {
  if (message.status !== 'processing' || message.answerId === null) return message
  const ref = { projectId: message.projectId, answerId: message.answerId }
  const answer = await findAnswer(db, ref)
  if (answer === undefined) return message
  const content = await readAttemptText(db, ref, answer.attempt)
  return { ...message, content, cancelRequestedAt: answer.cancelRequestedAt }
}

export async function findMessage(db: Queryable, ref: ChatRef, messageId: MessageId): Promise<Message | undefined> {
  const row = await selectMessages(db, ref).where('id', '=', messageId).executeTakeFirst()
  return row === undefined ? undefined : withTextSoFar(db, toMessage(row))
}

export interface MessagePage {
  readonly limit: number
  readonly before?: MessageId | undefined
  readonly after?: MessageId | undefined
}

/**
 * Messages in ascending order: those before or after a message (exclusive), or the newest. One range read of the
 * position index, whatever the chat's length.
 */
export async function listMessages(
  db: Queryable,
  ref: ChatRef,
  { limit, before, after }: MessagePage,
): Promise<{ messages: Message[]; hasMore: boolean }> {
  const ascending = after !== undefined
  let query = selectMessages(db, ref)
    .orderBy('position', ascending ? 'asc' : 'desc')
    .limit(limit + 1)
  if (before !== undefined) query = query.where('position', '<', await positionOf(db, ref, before, 'before'))
  if (after !== undefined) query = query.where('position', '>', await positionOf(db, ref, after, 'after'))
  const rows = await query.execute()
  const page = rows.slice(0, limit).map(toMessage)
  const messages = await Promise.all((ascending ? page : page.reverse()).map((message) => withTextSoFar(db, message)))
  return { messages, hasMore: rows.length > limit }
}

async function positionOf(
  db: Queryable,
  { projectId, chatId }: ChatRef,
  id: MessageId,
  parameter: string,
): Promise<number> {
  const row = await db
    .selectFrom('messages')
    .select('position')
    .where('project_id', '=', projectId)
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row !== undefined) return row.position
  throw invalidField({
    type: 'value_error',
    loc: ['query', parameter],
    msg: 'Value error, no such message in this chat',
    input: id,
  })
}

/** The newest assistant message: what the chat's stream shows when it names none. */
export async function findNewestReply(db: Queryable, ref: ChatRef): Promise<Message | undefined> {
  const row = await selectMessages(db, ref)
    .where('role', '=', 'assistant')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : toMessage(row)
}

/** One step of the index of positions. */
export async function findReplyAt(db: Queryable, ref: ChatRef, position: number): Promise<Message | undefined> {
  const row = await selectMessages(db, ref)
    .where('role', '=', 'assistant')
    .where('position', '=', position)
    .executeTakeFirst()
  return row === undefined ? undefined : toMessage(row)
}

export async function rateMessage(
  db: Queryable,
  ref: ChatRef,
  messageId: MessageId,
  rating: number | null,
): Promise<Message> {
  const { numUpdatedRows } = await db
    .updateTable('messages')
    .set({ rating })
    .where('project_id', '=', ref.projectId)
    .where('chat_id', '=', ref.chatId)
    .where('id', '=', messageId)
    .executeTakeFirstOrThrow()
  const message = numUpdatedRows === 0n ? undefined : await findMessage(db, ref, messageId)
  if (message === undefined) throw new QuoryError('message_not_found', 'Message not found')
  return message
}

/** Takes one message out: its replies now follow its parent, and the chat's count moves with it. */
export async function deleteMessageRow(tx: Tx, ref: ChatRef, { id }: Pick<Message, 'id'>): Promise<void> {
  // The chat row first, as every writer does, so that two deletions come one after the other.
  await tx
    .updateTable('chats')
    .set({ message_count: sql`message_count - 1`, updated_at: now() })
    .where('project_id', '=', ref.projectId)
    .where('id', '=', ref.chatId)
    .execute()
  const deleted = await tx
    .deleteFrom('messages')
    .where('project_id', '=', ref.projectId)
    .where('chat_id', '=', ref.chatId)
    .where('id', '=', id)
    .returning(['parent_id', 'position'])
    .executeTakeFirst()
  // Somebody else deleted it meanwhile: nothing moves.
  if (deleted === undefined) throw new QuoryError('message_not_found', 'Message not found')
  await forgetBlock(tx, ref, deleted.position)
  await tx
    .updateTable('messages')
    .set({ parent_id: deleted.parent_id })
    .where('project_id', '=', ref.projectId)
    .where('chat_id', '=', ref.chatId)
    .where('parent_id', '=', id)
    .execute()
  const wasLeaf = tx
    .updateTable('chats')
    .set({ leaf_id: deleted.parent_id === null ? null : await findLeafBelow(tx, ref, deleted.parent_id) })
    .where('project_id', '=', ref.projectId)
    .where('id', '=', ref.chatId)
    .where('leaf_id', '=', id)
  await wasLeaf.execute()
}

/** Replies whose answers wait or run: to one question, or all of the chat. */
export async function listUnfinishedReplies(db: Queryable, ref: ChatRef, questionId?: MessageId): Promise<Message[]> {
  const rows = await selectMessages(db, ref)
    .where('id', 'in', (eb) => {
      const unfinished = eb
        .selectFrom('answers')
        .select('message_id')
        .where('project_id', '=', ref.projectId)
        .where('chat_id', '=', ref.chatId)
        .where('state', 'in', ['queued', 'processing'])
      return questionId === undefined ? unfinished : unfinished.where('question_id', '=', questionId)
    })
    .execute()
  return rows.map(toMessage)
}
