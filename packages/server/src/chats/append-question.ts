import { sql } from 'kysely'
import { isAdministrator, type Principal } from '../accounts/principal.ts'
import type { AnswerParameters } from '../answers/answer.ts'
import { type Database, type Engine, inTransaction } from '../database/database.ts'
import type { Timestamp } from '../database/schema.ts'
import type { AnswerId, MessageId } from '../ids.ts'
import { isThere } from '../projects/project-store.ts'
import type { ChatRef } from './chat.ts'
import { mayAccessChat } from './chat-access.ts'
import { followNewest } from './path-store.ts'

export interface NewQuestion extends ChatRef {
  readonly principal: Principal
  readonly questionId: MessageId
  readonly replyId: MessageId
  readonly answerId: AnswerId
  readonly content: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly replyMetadata: Readonly<Record<string, unknown>>
  /** Where to branch, null for another beginning; undefined continues the chat's active path. */
  readonly parentId: MessageId | null | undefined
  readonly model: string | null
  readonly parameters: AnswerParameters
  readonly pinnedNode: string | null
  readonly time: Timestamp
}

export interface AppendedQuestion {
  /** Position of the reply; the question stands one before it. */
  readonly position: number
  readonly parentId: MessageId | null
}

/**
 * Stores the question, its reply to come, the answer to be generated and the chat's new counts at once; `undefined` when
 * the caller may not write into the chat or it is not there.
 */
export function appendQuestion(db: Database, question: NewQuestion): Promise<AppendedQuestion | undefined> {
  return appenders[db.engine](db, question)
}

/** One statement and one round trip: 3 to 7 times the rate of the same in a transaction of four. */
async function appendOnPostgres(db: Database, question: NewQuestion): Promise<AppendedQuestion | undefined> {
  const { principal, projectId, chatId, questionId, replyId, answerId, time } = question
  const parent = question.parentId === undefined ? sql`chat.leaf_id` : sql`${question.parentId}::text`
  const mayWrite = isAdministrator(principal)
    ? isThere('chats.project_id')
    : sql`owner_id = ${principal.userId} and exists (
        select 1 from project_members m where m.project_id = chats.project_id and m.user_id = ${principal.userId})`
  const { rows } = await sql<{ position: number; parent_id: MessageId | null }>`
    with chat as (
      select project_id, id, leaf_id from chats
      where project_id = ${projectId} and id = ${chatId} and deleted_at is null and ${mayWrite} for update),
    touched as (
      update chats c set message_count = c.message_count + 2, last_position = c.last_position + 2,
        leaf_id = ${replyId}, updated_at = ${time}
      from chat where c.project_id = chat.project_id and c.id = chat.id
      returning c.last_position as position, ${parent} as parent_id),
    turned as (
      update messages m set next_id = null from touched t
      where m.project_id = ${projectId} and m.chat_id = ${chatId} and m.id = t.parent_id and m.next_id is not null),
    question as (
      insert into messages (project_id, chat_id, id, position, role, content, status, parent_id, metadata, created_at, completed_at)
      select ${projectId}::text, ${chatId}::text, ${questionId}::text, position - 1, 'user', ${question.content}::text, 'completed',
        parent_id, ${JSON.stringify(question.metadata)}::text, ${time}::timestamptz, ${time}::timestamptz from touched),
    reply as (
      insert into messages (project_id, chat_id, id, position, role, content, status, parent_id, answer_id, metadata, created_at)
      select ${projectId}::text, ${chatId}::text, ${replyId}::text, position, 'assistant', '', 'queued', ${questionId}::text,
        ${answerId}::text, ${JSON.stringify(question.replyMetadata)}::text, ${time}::timestamptz from touched),
    answer as (
      insert into answers (project_id, id, chat_id, question_id, message_id, position, owner_id, state, model, parameters,
        attempt, last_number, pinned_node, created_at)
      select ${projectId}::text, ${answerId}::text, ${chatId}::text, ${questionId}::text, ${replyId}::text, position,
        ${principal.userId}::text, 'queued', ${question.model}::text, ${JSON.stringify(question.parameters)}::text, 0, 0,
        ${question.pinnedNode}::text, ${time}::timestamptz from touched)
    select position, parent_id from touched`.execute(db.query)
  const row = rows[0]
  return row === undefined ? undefined : { position: row.position, parentId: row.parent_id }
}

/** SQLite has no insert inside a `with`; a transaction costs no round trip there. */
function appendOnSqlite(db: Database, question: NewQuestion): Promise<AppendedQuestion | undefined> {
  const { projectId, chatId, questionId, replyId, answerId, time } = question
  return inTransaction(db, async (tx) => {
    const chat = await tx
      .selectFrom('chats')
      .select(['last_position', 'leaf_id'])
      .where('project_id', '=', projectId)
      .where('id', '=', chatId)
      .where(mayAccessChat(question.principal, 'write'))
      .executeTakeFirst()
    if (chat === undefined) return undefined
    const position = chat.last_position + 2
    const parentId = question.parentId === undefined ? chat.leaf_id : question.parentId
    if (parentId !== null) await followNewest(tx, question, parentId)
    await tx
      .updateTable('chats')
      .set({ message_count: sql`message_count + 2`, last_position: position, leaf_id: replyId, updated_at: time })
      .where('project_id', '=', projectId)
      .where('id', '=', chatId)
      .execute()
    const shared = { project_id: projectId, chat_id: chatId, created_at: time } as const
    await tx
      .insertInto('messages')
      .values([
        {
          ...shared,
          id: questionId,
          position: position - 1,
          role: 'user',
          content: question.content,
          status: 'completed',
          parent_id: parentId,
          answer_id: null,
          metadata: JSON.stringify(question.metadata),
          completed_at: time,
        },
        {
          ...shared,
          id: replyId,
          position,
          role: 'assistant',
          content: '',
          status: 'queued',
          parent_id: questionId,
          answer_id: answerId,
          metadata: JSON.stringify(question.replyMetadata),
          completed_at: null,
        },
      ])
      .execute()
    await tx
      .insertInto('answers')
      .values({
        ...shared,
        id: answerId,
        question_id: questionId,
        message_id: replyId,
        position,
        owner_id: question.principal.userId,
        state: 'queued',
        model: question.model,
        parameters: JSON.stringify(question.parameters),
        attempt: 0,
        last_number: 0,
        pinned_node: question.pinnedNode,
      })
      .execute()
    return { position, parentId }
  })
}

const appenders: Readonly<Record<Engine, typeof appendOnPostgres>> = {
  sqlite: appendOnSqlite,
  postgres: appendOnPostgres,
}
