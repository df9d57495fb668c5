import { expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { aProject } from '../../test/support/projects.ts'
import { createProcessWakeUp } from '../database/wake-up.ts'
import { type AnswerId, type ChatId, type MessageId, newId } from '../ids.ts'
import { createLogger } from '../logger.ts'
import { AnswerWorker } from './answer-worker.ts'

it('an answer that cannot even be ended is tried again slowly, never in a spin', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId, owner } = await aProject(db)
  const chatId = newId<ChatId>()
  const messageId = newId<MessageId>()
  const answerId = newId<AnswerId>()
  const time = new Date().toISOString()
  const shared = { project_id: projectId, created_at: time }
  await db.query
    .insertInto('chats')
    .values({
      ...shared,
      id: chatId,
      owner_id: owner.userId,
      owner: 'u',
      name: 'c',
      message_count: 1,
      last_position: 1,
      updated_at: time,
    })
    .execute()
  await db.query
    .insertInto('messages')
    .values({
      ...shared,
      chat_id: chatId,
      id: messageId,
      position: 1,
      role: 'assistant',
      content: '',
      status: 'queued',
      metadata: '{}',
    })
    .execute()
  await db.query
    .insertInto('answers')
    .values({
      ...shared,
      id: answerId,
      chat_id: chatId,
      question_id: messageId,
      message_id: messageId,
      position: 1,
      owner_id: owner.userId,
      state: 'queued',
      parameters: '{}',
      attempt: 0,
      last_number: 0,
    })
    .execute()
  let runs = 0
  await using wakeUp = createProcessWakeUp()
  const run = async () => {
    runs += 1
    throw new Error('the end could not be stored')
  }
  {
    await using _worker = new AnswerWorker({
      db,
      wakeUp,
      node: 'n',
      logger: createLogger('silent'),
      concurrency: 4,
      ownerConcurrency: 4,
      run,
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (let round = 0; round < 20; round++) wakeUp.notify('answer-queued', answerId)
  }
  expect(runs).toBe(1)
  const row = await db.query
    .selectFrom('answers')
    .select(['state', 'lease_owner', 'lease_expires_at'])
    .where('project_id', '=', projectId)
    .where('id', '=', answerId)
    .executeTakeFirstOrThrow()
  expect(row).toMatchObject({ state: 'processing', lease_owner: null })
  expect((row.lease_expires_at ?? '') > time).toBe(true)
})
