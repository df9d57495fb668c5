import { type Database, inTransaction, now } from '../../src/database/database.ts'
import { type AnswerId, type ChatId, type MessageId, newId, type ProjectId, type UserId } from '../../src/ids.ts'

/** More than one transaction deletes. */
export const exchanges = 220
const eventsPerAnswer = 2
const rowsPerInsert = 200

/** Adds finished exchanges to a chat, each with an answer, its log and a block of words. */
export async function lengthenChat(db: Database, ref: { projectId: string; chatId: string; ownerId: string }) {
  // The ids come from the server's own answers.
  const inChat = { project_id: ref.projectId as ProjectId, chat_id: ref.chatId as ChatId }
  const time = now()
  const rows = Array.from({ length: exchanges }, (_, index) => ({
    questionId: newId<MessageId>(),
    replyId: newId<MessageId>(),
    answerId: newId<AnswerId>(),
    position: 1_000 + index * 2,
  }))
  const messages = rows.flatMap(({ questionId, replyId, answerId, position }) => {
    const shared = { ...inChat, status: 'completed', metadata: '{}', created_at: time, completed_at: time } as const
    return [
      { ...shared, id: questionId, position, role: 'user', content: 'Zeltlager?', parent_id: null, answer_id: null },
      {
        ...shared,
        id: replyId,
        position: position + 1,
        role: 'assistant',
        content: 'Yes.',
        parent_id: questionId,
        answer_id: answerId,
      },
    ] as const
  })
  const answers = rows.map(({ questionId, replyId, answerId, position }) => ({
    ...inChat,
    id: answerId,
    question_id: questionId,
    message_id: replyId,
    position: position + 1,
    owner_id: ref.ownerId as UserId,
    state: 'completed' as const,
    parameters: '{}',
    attempt: 1,
    last_number: eventsPerAnswer,
    created_at: time,
    completed_at: time,
  }))
  const events = rows.flatMap(({ answerId }) =>
    Array.from({ length: eventsPerAnswer }, (_, index) => ({
      project_id: inChat.project_id,
      answer_id: answerId,
      day: 20_000,
      number: index + 1,
      attempt: 1,
      event: '{}',
    })),
  )
  const blocks = [15, 16].map((number) => ({
    ...inChat,
    number,
    last_position: number * 64,
    languages: 'en',
    words: new Uint8Array(1_000),
  }))
  await inTransaction(db, async (tx) => {
    for (const some of batches(messages)) await tx.insertInto('messages').values(some).execute()
    for (const some of batches(answers)) await tx.insertInto('answers').values(some).execute()
    for (const some of batches(events)) await tx.insertInto('answer_events').values(some).execute()
    await tx.insertInto('message_blocks').values(blocks).execute()
    await tx
      .updateTable('chats')
      .set({ last_position: 1_000 + exchanges * 2, message_count: exchanges * 2 })
      .where('project_id', '=', inChat.project_id)
      .where('id', '=', inChat.chat_id)
      .execute()
  })
}

function batches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / rowsPerInsert) }, (_, index) =>
    rows.slice(index * rowsPerInsert, (index + 1) * rowsPerInsert),
  )
}
