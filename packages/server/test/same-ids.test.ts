import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { makeApiKey } from '../src/accounts/api-key.ts'
import { createApiKey } from '../src/accounts/api-key-store.ts'
import { createSeededIds } from '../src/accounts/idempotency-key.ts'
import type { Principal } from '../src/accounts/principal.ts'
import { createUser } from '../src/accounts/user-store.ts'
import { storeAnsweredQuestion } from '../src/chats/answered-question-store.ts'
import { createChat } from '../src/chats/chat-store.ts'
import { regenerateReply, sendMessage, takeQuestionIds } from '../src/chats/send-message.ts'
import type { Database, Engine } from '../src/database/database.ts'
import { migrate } from '../src/database/migrate.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createProcessWakeUp } from '../src/database/wake-up.ts'
import {
  type AnswerId,
  type ApiKeyId,
  type ChatId,
  type MessageId,
  newId,
  type ProjectId,
  type PromptId,
  randomIds,
  type SourceId,
  type TrainingId,
  type UserId,
} from '../src/ids.ts'
import { addUpload } from '../src/ingestion/add-upload.ts'
import { openFileStore } from '../src/ingestion/files/open-file-store.ts'
import { receiveFile } from '../src/ingestion/files/receive-file.ts'
import { createSource } from '../src/ingestion/manage-source.ts'
import { uploadedFileId } from '../src/ingestion/source-file.ts'
import { startTraining } from '../src/ingestion/training/manage-training.ts'
import { createProject } from '../src/projects/project-store.ts'
import { createPrompt } from '../src/projects/prompt-store.ts'
import { createTestDatabase, engines } from './support/databases.ts'
import { countRows, type Made } from './support/idempotency-rows.ts'
import { aNewProject, aPrincipal } from './support/principals.ts'
import { aProject } from './support/projects.ts'
import { testSecrets } from './support/secrets.ts'

/** Two runs of one request at once, as when a node that was only paused goes on beside the one that took over. */
async function twice<T>(db: Database, run: () => Promise<T>, expected: Made): Promise<T> {
  const before = await countRows(db)
  const [one, other] = await Promise.all([run(), run()])
  expect(other).toEqual(one)
  expect(await run()).toEqual(one)
  expect(await countRows(db, before)).toEqual(expected)
  return one
}

async function openWorld(engine: Engine) {
  const resources = new AsyncDisposableStack()
  const place = resources.use(await createTestDatabase(engine))
  const db = resources.use(await openDatabase(place))
  await migrate(db)
  const files = await openFileStore(db, place)
  const wakeUp = resources.use(createProcessWakeUp())
  const { projectId, owner } = await aProject(db)
  const shared = { db, files, wakeUp, node: 'a', callerKeys: new Map<AnswerId, string>() }
  return { ...shared, projectId, owner, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

describe.each(engines)('what is made under ids that were given, on %s', (engine) => {
  it('is made once, and every run gets it', async () => {
    await using world = await openWorld(engine)
    const { db, owner, projectId } = world
    const admin = await aPrincipal(db, { role: 'admin' })
    const user = { id: newId<UserId>(), email: 'twice@example.com' }
    await twice(db, () => createUser(db.query, admin, user), { users: 1 })
    const key = { id: newId<ApiKeyId>(), userId: owner.userId, key: makeApiKey() }
    await twice(db, () => createApiKey(db.query, owner, key), { api_keys: 1 })
    const project = { ...aNewProject('twice'), id: newId<ProjectId>() }
    await twice(db, () => createProject(db, owner, project), { projects: 1, project_members: 1 })
    const prompt = { id: newId<PromptId>(), title: 't', content: 'c' }
    await twice(db, () => createPrompt(db.query, owner, prompt), { prompts: 1 })
    const source = { id: newId<SourceId>(), projectId, type: 'github', name: 's', configuration: {} }
    await twice(db, () => createSource({ db, secrets: testSecrets }, owner, source), { sources: 1 })
    const training = { id: newId<TrainingId>(), projectId, dataSourceIds: [], description: null }
    await twice(db, () => startTraining(world, owner, training), { trainings: 1, jobs: 1 })
  })

  it('still refuses what another thing has taken', async () => {
    await using world = await openWorld(engine)
    const { db, owner } = world
    const admin = await aPrincipal(db, { role: 'admin' })
    const email = 'taken@example.com'
    await createUser(db.query, admin, { id: newId<UserId>(), email })
    await expect(createUser(db.query, admin, { id: newId<UserId>(), email })).rejects.toMatchObject({
      code: 'user_exists',
    })
    await createProject(db, owner, { ...aNewProject('taken'), id: newId<ProjectId>() })
    await expect(createProject(db, owner, { ...aNewProject('taken'), id: newId<ProjectId>() })).rejects.toMatchObject({
      code: 'project_exists',
    })
  })

  it('keeps the file of an upload, whichever run comes last', async () => {
    await using world = await openWorld(engine)
    const { db, owner, projectId, files } = world
    const seeded = { key: 'k', seed: 's', createdAt: new Date().toISOString() }
    const idsOfRun = () => createSeededIds(seeded, 'perhaps')
    const upload = async (by: Principal) => {
      await using received = await receiveFile(files.temporary, Readable.from([Buffer.from('One bell.')]), 1_000)
      return await addUpload(world, by, { ids: idsOfRun(), projectId, fileName: 'bell.txt', received })
    }
    await twice(db, () => upload(owner), { sources: 1, jobs: 1 })
    // A run that comes too late must not clear away what another has stored.
    await expect(upload(await aPrincipal(db))).rejects.toMatchObject({ code: 'project_not_found' })
    const content = await files.open({ projectId, fileId: uploadedFileId(idsOfRun().next()) })
    expect(await text(content ?? Readable.from([]))).toBe('One bell.')
  })

  it('is one question with one answer, and one reply beside it', async () => {
    await using world = await openWorld(engine)
    const { db, owner, projectId } = world
    const id = newId<ChatId>()
    const chat = await twice(db, () => createChat(db, owner, { id, projectId, name: 'c' }), { chats: 1 })
    const ref = { projectId, chatId: chat.id }
    const settings = { model: null, temperature: null, maxTokens: null, isContinued: false }
    const question = {
      ...ref,
      ids: takeQuestionIds(randomIds),
      content: 'How heavy?',
      metadata: {},
      model: null,
      parameters: { searchProjectId: projectId, instructions: null, temperature: null, maxTokens: null },
    }
    const ask = async () => {
      const { isNew: _, ...sent } = await sendMessage(world, owner, question)
      return sent
    }
    const { replyId } = await twice(db, ask, { messages: 2, answers: 1 })
    await db.query.updateTable('answers').set({ state: 'completed' }).execute()
    const ids = { replyId: newId<MessageId>(), answerId: newId<AnswerId>(), messageId: replyId }
    const again = { ...ids, ...settings, isContinued: false }
    await twice(db, () => regenerateReply(world, owner, ref, again), { messages: 1, answers: 1 })
    const known = { ...ref, questionId: newId<MessageId>(), replyId: newId<MessageId>(), question: 'q', answer: 'a' }
    await twice(db, () => storeAnsweredQuestion(db, owner, known), { messages: 2 })
    const { message_count } = await db.query.selectFrom('chats').select('message_count').executeTakeFirstOrThrow()
    expect(message_count).toBe(5)
  })
})
