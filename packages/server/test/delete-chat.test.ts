import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clearingKind } from '../src/chats/removed-chat-store.ts'
import { TrashPurge } from '../src/chats/trash-purge.ts'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createProcessWakeUp } from '../src/database/wake-up.ts'
import type { ChatId } from '../src/ids.ts'
import { createLogger } from '../src/logger.ts'
import { createTestDatabase, type DatabasePlace, engines, settingsOf } from './support/databases.ts'
import { exchanges, lengthenChat } from './support/long-chats.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { findOrphanRows } from './support/orphans.ts'
import { countProjectRows } from './support/project-rows.ts'
import { letJobsRun, putOffJobs } from './support/put-off-jobs.ts'
import { aPerson } from './support/quivr-people.ts'
import { type Ids, idsIn, send, tableRequests, withoutIds } from './support/route-requests.ts'
import { anOwner, answerUnlessAskedToWait, neverIds, type Owner } from './support/route-world.ts'
import { startServerProcess } from './support/server-process.ts'
import { parseEvents, startTestApp, type TestApp, until } from './support/start-test-app.ts'

const inChat = ['chat_id', 'message_id'] as const
const isInChat = new Set<string>(inChat)

describe.each(engines)('a deleted chat on %s', (engine) => {
  let place: DatabasePlace
  let models: ModelServer
  let app: TestApp
  let db: Database
  let ada: Owner
  let path: string
  beforeAll(async () => {
    place = await createTestDatabase(engine)
    models = await startModelServer()
    models.script(answerUnlessAskedToWait)
    app = await startTestApp({ engine, place, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
    db = await openDatabase(app.config)
    ada = await anOwner(app, 'ada')
    path = `/v1/projects/${ada.ids.project_id}`
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  const rowsOf = async (projectId: string) => {
    const { chats, messages, answers, answer_events, answer_traces, message_blocks } = await countProjectRows(
      db,
      projectId,
    )
    return { chats, messages, answers, answer_events, answer_traces, message_blocks }
  }
  const nothing = {}

  it('is to everybody as if it never was from the answer on, while the rows of a long one are still there', async () => {
    const bob = await aPerson(app, 'bob')
    expect((await ada.call('PUT', `${path}/members/${bob.id}`, { role: 'owner' })).status).toBe(200)
    const { project_id: projectId, chat_id: chatId } = ada.ids
    await lengthenChat(db, { projectId, chatId, ownerId: ada.id })
    const found = await ada.call('GET', `${path}/messages/search?q=Zeltlager`)
    expect(JSON.stringify(found.body)).toContain(chatId)
    await ada.call('POST', `${path}/chats/${chatId}/messages`, { content: 'Please wait' })
    await until(
      () => ada.call('GET', `${path}/chats/${chatId}/messages`),
      ({ body }) => body.messages.at(-1).status === 'processing',
    )
    const reading = ada.call('GET', `${path}/chats/${chatId}/stream`)
    await putOffJobs(db, clearingKind)
    expect((await ada.call('DELETE', `${path}/chats/${chatId}`)).status).toBe(200)
    await models.requests.at(-1)?.closed
    expect(parseEvents((await reading).text).at(-1)).toMatchObject({
      event: 'message_complete',
      data: { status: 'cancelled' },
    })
    // The answer that was running is deleted at once.
    const left = await rowsOf(projectId)
    expect(left).toMatchObject({ chats: 1, messages: 2 * exchanges + 6, answers: exchanges + 2 })

    const failures: unknown[] = []
    const never: Ids = { ...ada.ids, ...Object.fromEntries(inChat.map((name) => [name, neverIds()[name]])) }
    for (const [who, key] of Object.entries({ ada: ada.key, bob: bob.key, administrator: app.adminKey })) {
      for (const request of tableRequests().filter((one) => idsIn(one).some((name) => isInChat.has(name)))) {
        const answer = withoutIds(await send(app.url, key, request, ada.ids), ada.ids)
        const unknown = withoutIds(await send(app.url, key, request, never), never)
        if (JSON.stringify(answer) !== JSON.stringify(unknown))
          failures.push({ who, name: request.name, answer, unknown })
      }
      for (const list of [
        `${path}/chats`,
        ...['all', 'active', 'archived', 'trash'].map((state) => `${path}/chats?state=${state}`),
        `${path}/chats?owner=${ada.id}`,
        `${path}/chats/search?q=Chat`,
        `${path}/messages/search?q=Zeltlager`,
        '/chat',
      ]) {
        const { status, text } = await app.as(key)('GET', list)
        expect(status, `${who}: ${list}`).toBe(200)
        for (const id of inChat) expect(text, `${who}: ${list}`).not.toContain(ada.ids[id])
      }
    }
    expect(failures).toEqual([])
    // Nor did any of these requests bring it to life, or take anything away.
    expect(await rowsOf(projectId)).toEqual(left)
  })

  it('is nowhere any more in the end', async () => {
    await letJobsRun(db)
    await app.app.jobs.idle()
    expect(await rowsOf(ada.ids.project_id)).toEqual(nothing)
    expect(await findOrphanRows(db)).toEqual([])
  })

  it('goes in its one transaction when it is short, and piece by piece when its messages are long', async () => {
    const { call } = ada
    const ask = async (content: string, count: number) => {
      const chat = `${path}/chats/${(await call('POST', `${path}/chats`, { name: 'c' })).body.id}`
      for (let i = 0; i < count; i++) {
        await call('POST', `${chat}/messages`, { content })
        await until(
          () => call('GET', chat),
          ({ body }) => !body.is_running,
        )
      }
      return chat
    }
    const short = await ask('How heavy is the bell?', 2)
    const long = await ask('x'.repeat(900_000), 2)
    await putOffJobs(db, clearingKind)
    expect((await call('DELETE', short)).status).toBe(200)
    expect(await rowsOf(ada.ids.project_id)).toMatchObject({ chats: 1, messages: 4 })
    expect((await call('DELETE', long)).status).toBe(200)
    expect(await rowsOf(ada.ids.project_id)).toMatchObject({ chats: 1, messages: 4 })
    expect((await call('GET', long)).status).toBe(404)
    await letJobsRun(db)
    await app.app.jobs.idle()
    expect(await rowsOf(ada.ids.project_id)).toEqual(nothing)
  })

  it('goes likewise over the other API and from the trash when its days are over', async () => {
    const eve = await aPerson(app, 'eve')
    const home = (await eve.call('GET', '/v1/me')).body.default_project_id
    const chats = await Promise.all(
      ['one', 'other'].map(async (name) => (await eve.call('POST', '/chat', { name })).body.chat_id as string),
    )
    for (const chatId of chats) await lengthenChat(db, { projectId: home, chatId, ownerId: eve.id })
    const [one = '', other = ''] = chats
    expect((await eve.call('DELETE', `/chat/${one}`)).status).toBe(200)
    expect((await eve.call('GET', `/chat/${one}/history`)).status).toBe(404)
    expect((await eve.call('POST', `/v1/projects/${home}/chats/${other}/trash`)).status).toBe(200)
    await db.query
      .updateTable('chats')
      .set({ deleted_at: '2020-01-01T00:00:00.000Z' })
      .where('id', '=', other as ChatId)
      .execute()
    const logger = createLogger('error')
    await using wakeUp = createProcessWakeUp()
    await using purge = new TrashPurge({ db, wakeUp, logger, trashDays: app.config.trashDays })
    await purge.purge()
    expect((await eve.call('POST', `/v1/projects/${home}/chats/${other}/restore`)).status).toBe(404)
    await until(
      () => rowsOf(home),
      (rows) => rows.chats === undefined,
    )
    expect(await rowsOf(home)).toEqual(nothing)
  })

  it('goes with its user out of a project of others, whose own chats stay', async () => {
    const eve = await aPerson(app, 'eve')
    expect((await ada.call('PUT', `${path}/members/${eve.id}`, { role: 'editor' })).status).toBe(200)
    const mine = (await ada.call('POST', `${path}/chats`, { name: 'mine' })).body.id
    const theirs = (await eve.call('POST', `${path}/chats`, { name: 'theirs' })).body.id
    await lengthenChat(db, { projectId: ada.ids.project_id, chatId: theirs, ownerId: eve.id })
    expect((await ada.call('GET', `${path}/chats/${theirs}`)).status).toBe(200)
    await putOffJobs(db, clearingKind)
    expect((await app.call('DELETE', `/v1/users/${eve.id}`)).status).toBe(200)
    expect(await rowsOf(ada.ids.project_id)).toMatchObject({ chats: 2, messages: 2 * exchanges })
    expect((await ada.call('GET', `${path}/chats/${theirs}`)).status).toBe(404)
    expect((await app.call('POST', `${path}/chats/${theirs}/restore`)).status).toBe(404)
    expect((await ada.call('GET', `${path}/chats`)).body.chats.map(({ id }: { id: string }) => id)).toEqual([mine])
    await letJobsRun(db)
    await app.app.jobs.idle()
    expect(await rowsOf(ada.ids.project_id)).toEqual({ chats: 1 })
    expect((await ada.call('GET', `${path}/chats/${mine}`)).status).toBe(200)
  })

  it('goes on going after a kill in the middle', async () => {
    await using other = await createTestDatabase(engine)
    const env = settingsOf(other)
    await using rows = await openDatabase({ ...other })
    const chat = await (async () => {
      await using first = await startServerProcess(
        { ...env, DIE_AT: 'delete from "messages"' },
        { flags: ['--import', join(import.meta.dirname, 'support/die-at-statement.ts')] },
      )
      const me = (await first.call('GET', '/v1/me')).body
      const { body } = await first.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      const { id } = (await first.call('POST', `/v1/projects/${body.id}/chats`, { name: 'c' })).body
      await lengthenChat(rows, { projectId: body.id, chatId: id, ownerId: me.id })
      expect((await first.call('DELETE', `/v1/projects/${body.id}/chats/${id}`)).status).toBe(200)
      await until(
        async () => first.child.signalCode,
        (signal) => signal === 'SIGKILL',
      )
      return { projectId: body.id as string, chatId: id as string }
    })()
    const left = await countProjectRows(rows, chat.projectId)
    expect(left).toMatchObject({ chats: 1, messages: 2 * exchanges })
    expect(left['answers']).toBeUndefined()
    if (engine === 'postgres') {
      await rows.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
    }
    await using second = await startServerProcess(env)
    expect((await second.call('GET', `/v1/projects/${chat.projectId}/chats/${chat.chatId}`)).status).toBe(404)
    await until(
      () => countProjectRows(rows, chat.projectId),
      (counts) => counts['chats'] === undefined && counts['messages'] === undefined,
    )
  })
})
