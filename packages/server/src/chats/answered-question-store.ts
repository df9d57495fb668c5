import { sql } from 'kysely'
import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import { storeOnce } from '../database/store-once.ts'
import { QuoryError } from '../errors.ts'
import type { MessageId } from '../ids.ts'
import type { ChatRef } from './chat.ts'
import { mayAccessChat } from './chat-access.ts'
import { findMessage } from './message-store.ts'

export interface AnsweredQuestion extends ChatRef {
  readonly questionId: MessageId
  readonly replyId: MessageId
  readonly question: string
  readonly answer: string
}

/** Appends a question with an answer that somebody else gave: no model is asked. */
export async function storeAnsweredQuestion(
  db: Database,
  principal: Principal,
  input: AnsweredQuestion,
): Promise<void> {
  const store = () => appendAnsweredQuestion(db, principal, input)
  await storeOnce(store, async () => (await findMessage(db.query, input, input.questionId))?.id)
}

function appendAnsweredQuestion(db: Database, principal: Principal, input: AnsweredQuestion): Promise<MessageId> {
  const { projectId, chatId, questionId, replyId, question, answer } = input
  const time = now()
  return inTransaction(db, async (tx) => {
    const chat = await tx
      .selectFrom('chats')
      .select(['last_position', 'leaf_id'])
      .where('project_id', '=', projectId)
      .where('id', '=', chatId)
      .where(mayAccessChat(principal, 'write'))
      .modifyEnd(rowLock(db.engine).forUpdate)
      .executeTakeFirst()
    if (chat === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
    const position = chat.last_position + 2
    await tx
      .updateTable('chats')
      .set({ message_count: sql`message_count + 2`, last_position: position, leaf_id: replyId, updated_at: time })
      .where('project_id', '=', projectId)
      .where('id', '=', chatId)
      .execute()
    const shared = { project_id: projectId, chat_id: chatId, status: 'completed', created_at: time } as const
    await tx
      .insertInto('messages')
      .values([
        {
          ...shared,
          id: questionId,
          position: position - 1,
          role: 'user',
          content: question,
          parent_id: chat.leaf_id,
          metadata: JSON.stringify({ assistant_message_id: replyId }),
          completed_at: time,
        },
        {
          ...shared,
          id: replyId,
          position,
          role: 'assistant',
          content: answer,
          parent_id: questionId,
          metadata: '{}',
          completed_at: time,
        },
      ])
      .execute()
    return questionId
  })
}
