import { sql } from 'kysely'
import { type AnswerParameters, isFinished } from '../answers/answer.ts'
import type { Tx } from '../database/database.ts'
import type { MessageStatus } from '../database/schema.ts'
import { invalidField, QuoryError } from '../errors.ts'
import type { AnswerId, MessageId, UserId } from '../ids.ts'
import type { ChatRef } from './chat.ts'
import { followNewest, leadTo } from './path-store.ts'

export interface NewReply extends ChatRef {
  /** The reply to be made anew. */
  readonly messageId: MessageId
  readonly replyId: MessageId
  readonly answerId: AnswerId
  readonly ownerId: UserId
  readonly model: string | null
  readonly temperature: number | null
  readonly maxTokens: number | null
  /** Goes on from where the old one ended, which did so early. */
  readonly isContinued: boolean
  readonly time: string
}

/** A sibling of an assistant message, with an answer of its own that takes over what the old one was asked with. */
export async function appendReply(tx: Tx, reply: NewReply): Promise<void> {
  const inProject = { project_id: reply.projectId, chat_id: reply.chatId } as const
  const chat = await tx
    .updateTable('chats')
    .set({
      message_count: sql`message_count + 1`,
      last_position: sql`last_position + 1`,
      leaf_id: reply.replyId,
      updated_at: reply.time,
    })
    .where('project_id', '=', reply.projectId)
    .where('id', '=', reply.chatId)
    .where('deleted_at', 'is', null)
    .returning('last_position')
    .executeTakeFirst()
  const old = await tx
    .selectFrom('messages as m')
    .innerJoin('answers as a', (join) =>
      join.onRef('a.project_id', '=', 'm.project_id').onRef('a.id', '=', 'm.answer_id'),
    )
    .select(['m.parent_id', 'm.metadata', 'm.content', 'a.question_id', 'a.model', 'a.parameters', 'a.state'])
    .where('m.project_id', '=', reply.projectId)
    .where('m.chat_id', '=', reply.chatId)
    .where('m.id', '=', reply.messageId)
    .executeTakeFirst()
  if (chat === undefined || old === undefined) throw new QuoryError('message_not_found', 'Message not found')
  if (!isFinished(old.state))
    throw new QuoryError('message_in_progress', 'This answer is still being generated; cancel it first')
  if (reply.isContinued) requireBegun(old)
  if (old.parent_id !== null) {
    await leadTo(tx, reply, old.parent_id)
    await followNewest(tx, reply, old.parent_id)
  }
  const position = chat.last_position
  await tx
    .insertInto('messages')
    .values({
      ...inProject,
      id: reply.replyId,
      position,
      role: 'assistant',
      content: '',
      status: 'queued',
      parent_id: old.parent_id,
      answer_id: reply.answerId,
      metadata: old.metadata,
      created_at: reply.time,
    })
    .execute()
  // Written by send-message from AnswerParameters.
  const parameters = JSON.parse(old.parameters) as AnswerParameters
  await tx
    .insertInto('answers')
    .values({
      ...inProject,
      id: reply.answerId,
      question_id: old.question_id,
      message_id: reply.replyId,
      position,
      owner_id: reply.ownerId,
      state: 'queued',
      model: reply.model ?? old.model,
      parameters: JSON.stringify({
        ...parameters,
        temperature: reply.temperature ?? parameters.temperature,
        maxTokens: reply.maxTokens ?? parameters.maxTokens,
        continues: reply.isContinued ? reply.messageId : undefined,
      }),
      attempt: 0,
      last_number: 0,
      created_at: reply.time,
    })
    .execute()
}

function requireBegun({ state, content }: { readonly state: MessageStatus; readonly content: string }): void {
  if (state !== 'completed' && content !== '') return
  const reason =
    state === 'completed'
      ? 'this answer came to its end; there is nothing to continue'
      : 'this answer ended before it said anything; there is nothing to continue'
  throw invalidField({ type: 'value_error', loc: ['body', 'continue'], msg: `Value error, ${reason}`, input: true })
}
