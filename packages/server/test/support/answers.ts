import type { ClaimedAnswer } from '../../src/answers/answer.ts'
import { appendQuestion } from '../../src/chats/append-question.ts'
import { createChat } from '../../src/chats/chat-store.ts'
import { type Database, now, timeFromNow } from '../../src/database/database.ts'
import { type AnswerId, type ChatId, type MessageId, newId } from '../../src/ids.ts'
import { aProject } from './projects.ts'

/** An answer in a chat of its own that `node` holds the lease of, at its first attempt. */
export async function aRunningAnswer(db: Database, node: string): Promise<ClaimedAnswer> {
  const { projectId, owner } = await aProject(db)
  const chat = await createChat(db, owner, { projectId, name: 'c' })
  const chatId: ChatId = chat.id
  const [questionId, messageId, answerId] = [newId<MessageId>(), newId<MessageId>(), newId<AnswerId>()]
  const parameters = { searchProjectId: projectId, instructions: null, temperature: null, maxTokens: null }
  await appendQuestion(db, {
    principal: owner,
    projectId,
    chatId,
    questionId,
    replyId: messageId,
    answerId,
    content: 'hi',
    metadata: {},
    replyMetadata: {},
    parentId: undefined,
    model: null,
    parameters,
    pinnedNode: null,
    time: now(),
  })
  await db.query
    .updateTable('answers')
    .set({ state: 'processing', attempt: 1, lease_owner: node, lease_expires_at: timeFromNow(60_000) })
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .execute()
  return {
    projectId,
    answerId,
    chatId,
    questionId,
    messageId,
    ownerId: owner.userId,
    model: null,
    parameters,
    attempt: 1,
    isCancelRequested: false,
    needsCallerKey: false,
  }
}
