import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type DatabasePlace } from '../../server/test/support/databases.ts'
import { startMovingAddress } from '../../server/test/support/moving-address.ts'
import { startServerProcess } from '../../server/test/support/server-process.ts'
import { startTestApp, type TestApp, until } from '../../server/test/support/start-test-app.ts'
import { type Chat, createQuory, type FeedEvent, readFeed } from '../src/quory.ts'

describe('the feed over two nodes on one PostgreSQL', () => {
  let place: DatabasePlace
  let near: TestApp
  let id: string
  let chats: string
  beforeEach(async () => {
    place = await createTestDatabase('postgres')
    near = await startTestApp({ place })
    id = (await near.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    chats = `/v1/projects/${id}/chats`
  })
  afterEach(async () => {
    await near[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  /** Shows a project's chats as a page does: all anew at each `start`, then change by change. */
  function showChats(baseUrl: string) {
    const quory = createQuory({ baseUrl, apiKey: near.adminKey })
    const shown = new Map<string, Chat>()
    const events: FeedEvent[] = []
    const stopping = new AbortController()
    const reading = (async () => {
      for await (const event of readFeed(quory, { signal: stopping.signal })) {
        if (event.type === 'start') {
          const path = { project_id: id }
          const { data } = await quory.api.GET('/v1/projects/{project_id}/chats', { params: { path } })
          shown.clear()
          for (const chat of data?.chats ?? []) shown.set(chat.id, chat)
        }
        if (event.type === 'chat-changed') shown.set(event.chat.id, event.chat)
        if (event.type === 'chat-deleted') shown.delete(event.chatId)
        events.push(event)
      }
    })()
    const names = () => [...shown.values()].map(({ name }) => name).toSorted()
    return {
      events,
      names,
      shows: (...wanted: readonly string[]) =>
        until(
          async () => names(),
          (all) => wanted.toSorted().join() === all.join(),
        ),
      started: (times: number) =>
        until(
          async () => events.filter(({ type }) => type === 'start').length,
          (found) => found >= times,
        ),
      [Symbol.asyncDispose]: async () => {
        stopping.abort()
        await reading
      },
    }
  }

  it('tells what was changed through the other, and to each connection of one', async () => {
    await using far = await startTestApp({ place })
    await using one = showChats(far.url)
    await using other = showChats(far.url)
    await Promise.all([one.started(1), other.started(1)])
    const chat = (await near.call('POST', chats, { name: 'Bells' })).body
    await Promise.all([one.shows('Bells'), other.shows('Bells')])
    await near.call('PATCH', `${chats}/${chat.id}`, { name: 'Ships' })
    await Promise.all([one.shows('Ships'), other.shows('Ships')])
    const asked = (await near.call('POST', `${chats}/${chat.id}/messages`, { content: 'Hello?' })).body
    const messageId = asked.metadata.assistant_message_id
    const end = { type: 'answer-ended', projectId: id, chatId: chat.id, messageId, status: 'completed' }
    for (const { events } of [one, other])
      await until(
        async () => events,
        (all) => all.some((event) => event.type === 'answer-ended'),
      ).then((all) => expect(all).toContainEqual(end))
    await near.call('DELETE', `${chats}/${chat.id}`)
    await Promise.all([one.shows(), other.shows()])
    expect(one.events.filter(({ type }) => type === 'start')).toHaveLength(1)
  })

  it('goes on at the other when its node is killed, and has what changed meanwhile', async () => {
    await using far = await startServerProcess({
      QUORY_DATA_DIR: place.dataDir,
      DATABASE_URL: place.databaseUrl ?? '',
      QUORY_SECRET: 'a secret for tests only',
    })
    await using address = await startMovingAddress(far.url)
    address.moveTo(far.url)
    await using view = showChats(address.url)
    await view.started(1)
    const kept = (await near.call('POST', chats, { name: 'before' })).body
    const thrown = (await near.call('POST', chats, { name: 'thrown' })).body
    await view.shows('before', 'thrown')
    address.moveTo(undefined)
    await far.kill('SIGKILL')
    await near.call('POST', chats, { name: 'meanwhile' })
    await near.call('DELETE', `${chats}/${thrown.id}`)
    address.moveTo(near.url)
    await view.started(2)
    await view.shows('before', 'meanwhile')
    await near.call('PATCH', `${chats}/${kept.id}`, { name: 'after' })
    await view.shows('after', 'meanwhile')
  })
})
