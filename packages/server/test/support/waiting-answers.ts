import type { Database } from '../../src/database/database.ts'
import { type AnswerId, type ChatId, type MessageId, newId, type ProjectId, type UserId } from '../../src/ids.ts'

export interface WaitingAnswer {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  readonly answerId: AnswerId
}

interface Line {
  readonly projectId: ProjectId
  readonly ownerId: UserId
  readonly chats: number
  readonly answersPerChat?: number
  /** When the first was asked; each later one a millisecond after. */
  readonly from?: number
}

/** Stores answers that wait, in chats of their own, as asking would: chat after chat, oldest first. */
export async function storeWaitingAnswers(
  db: Database,
  { projectId, ownerId, chats, answersPerChat = 1, from = Date.now() - 60_000 }: Line,
): Promise<WaitingAnswer[]> {
  const answers: (WaitingAnswer & { position: number; messageId: MessageId; time: string })[] = []
  for (let chat = 0; chat < chats; chat++) {
    const chatId = newId<ChatId>()
    for (let position = 1; position <= answersPerChat; position++) {
      const time = new Date(from + answers.length).toISOString()
      answers.push({ projectId, chatId, answerId: newId(), messageId: newId(), position, time })
    }
  }
  const firsts = answers.filter(({ position }) => position === 1)
  await db.query.transaction().execute(async (tx) => {
    for (const some of batches(firsts)) {
      await tx
        .insertInto('chats')
        .values(
          some.map(({ chatId, time }) => ({
            project_id: projectId,
            id: chatId,
            owner_id: ownerId,
            owner: 'u',
            name: 'c',
            message_count: answersPerChat,
            last_position: answersPerChat,
            created_at: time,
            updated_at: time,
          })),
        )
        .execute()
    }
    for (const some of batches(answers)) {
      const shared = ({ chatId, position, time }: (typeof answers)[number]) => ({
        project_id: projectId,
        chat_id: chatId,
        position,
        created_at: time,
      })
      await tx
        .insertInto('messages')
        .values(
          some.map((answer) => ({
            ...shared(answer),
            id: answer.messageId,
            answer_id: answer.answerId,
            role: 'assistant' as const,
            content: '',
            status: 'queued' as const,
            metadata: '{}',
          })),
        )
        .execute()
      await tx
        .insertInto('answers')
        .values(
          some.map((answer) => ({
            ...shared(answer),
            id: answer.answerId,
            question_id: answer.messageId,
            message_id: answer.messageId,
            owner_id: ownerId,
            state: 'queued' as const,
            parameters: JSON.stringify({
              searchProjectId: projectId,
              instructions: null,
              temperature: null,
              maxTokens: null,
            }),
            attempt: 0,
            last_number: 0,
          })),
        )
        .execute()
    }
  })
  return answers.map(({ chatId, answerId }) => ({ projectId, chatId, answerId }))
}

function batches<T>(rows: readonly T[], size = 500): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  )
}
