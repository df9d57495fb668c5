import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../../server/test/support/databases.ts'
import { aPerson, type Person } from '../../server/test/support/quivr-people.ts'
import { startTestApp, type TestApp, until } from '../../server/test/support/start-test-app.ts'
import { createQuory, type FeedEvent, readFeed } from '../src/quory.ts'

describe.each(engines)('the feed of what is theirs, on %s', (engine) => {
  let app: TestApp
  let person: Person
  let project: string
  let id: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    person = await aPerson(app, `reader-${engine}`)
    id = (await person.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    project = `/v1/projects/${id}`
  })
  afterAll(() => app[Symbol.asyncDispose]())

  /** Reads through the SDK into a list until it is disposed. */
  function listenAs(key: string) {
    const events: FeedEvent[] = []
    const connections: string[] = []
    const stopping = new AbortController()
    const quory = createQuory({ baseUrl: app.url, apiKey: key })
    const reading = (async () => {
      const options = { signal: stopping.signal, onConnection: (state: string) => void connections.push(state) }
      for await (const event of readFeed(quory, options)) events.push(event)
    })()
    const seen = (isIt: (event: FeedEvent) => boolean) =>
      until(
        async () => events,
        (all) => all.some(isIt),
      )
    const stop = async () => {
      stopping.abort()
      await reading
    }
    return { events, connections, seen, reading, [Symbol.asyncDispose]: stop }
  }

  it('tells of a chat what happens to it, and nobody else', async () => {
    const stranger = await aPerson(app, `stranger-${engine}`)
    await using feed = listenAs(person.key)
    await using other = listenAs(stranger.key)
    await feed.seen(({ type }) => type === 'start')
    await other.seen(({ type }) => type === 'start')
    const chat = (await person.call('POST', `${project}/chats`, { name: 'Bells' })).body
    await feed.seen((event) => event.type === 'chat-changed' && event.chat.id === chat.id)
    await person.call('PATCH', `${project}/chats/${chat.id}`, { pinned: true })
    await feed.seen((event) => event.type === 'chat-changed' && event.chat.pinned_at !== null)
    const asked = (await person.call('POST', `${project}/chats/${chat.id}/messages`, { content: 'Hello?' })).body
    const messageId = asked.metadata.assistant_message_id
    await feed.seen((event) => event.type === 'answer-ended' && event.messageId === messageId)
    expect(feed.events).toContainEqual({
      type: 'answer-ended',
      projectId: id,
      chatId: chat.id,
      messageId,
      status: 'completed',
    })
    await feed.seen(
      (event) => event.type === 'chat-changed' && !event.chat.is_running && event.chat.message_count === 2,
    )
    await person.call('POST', `${project}/chats/${chat.id}/trash`)
    await feed.seen((event) => event.type === 'chat-changed' && event.chat.deleted_at !== null)
    await person.call('DELETE', `${project}/chats/${chat.id}`)
    await feed.seen((event) => event.type === 'chat-deleted' && event.chatId === chat.id)
    expect(other.events).toEqual([{ type: 'start' }])
  })

  it('tells the people of a project of its data', async () => {
    const guest = await aPerson(app, `guest-${engine}`)
    await person.call('PUT', `${project}/members/${guest.id}`, { role: 'viewer' })
    await using feed = listenAs(guest.key)
    await feed.seen(({ type }) => type === 'start')
    const form = new FormData()
    form.append('file', new File(['The bell weighs 4170 kilograms.'], 'bell.txt'))
    const [source] = (await person.call('POST', `${project}/data-sources/upload`, form)).body.data_sources
    await feed.seen((event) => event.type === 'source-changed' && event.dataSourceId === source.id)
    const training = (await person.call('POST', `${project}/training`, { data_source_ids: [source.id] })).body
    await feed.seen((event) => event.type === 'training-changed' && event.trainingId === training.id)
    expect(feed.events.filter(({ type }) => type.startsWith('chat'))).toEqual([])
  })

  it('tells the people of a project, and nobody else, that it was deleted', async () => {
    const doomed = (await person.call('POST', '/v1/projects', { name: 'doomed', organization_id: 'o' })).body.id
    const [guest, stranger] = [await aPerson(app, `guest-${engine}`), await aPerson(app, `stranger-${engine}`)]
    await person.call('PUT', `/v1/projects/${doomed}/members/${guest.id}`, { role: 'viewer' })
    await using own = listenAs(person.key)
    await using guests = listenAs(guest.key)
    await using strangers = listenAs(stranger.key)
    await using administrators = listenAs(app.adminKey)
    for (const feed of [own, guests, strangers, administrators]) await feed.seen(({ type }) => type === 'start')
    await person.call('DELETE', `/v1/projects/${doomed}`)
    const gone = { type: 'project-deleted', projectId: doomed }
    for (const feed of [own, guests]) await feed.seen(({ type }) => type === 'project-deleted')
    expect(guests.events).toEqual([{ type: 'start' }, gone])
    const other = (await person.call('POST', '/v1/projects', { name: 'other', organization_id: 'o' })).body.id
    await app.call('DELETE', `/v1/projects/${other}`)
    await administrators.seen((event) => event.type === 'project-deleted' && event.projectId === other)
    expect(administrators.events).not.toContainEqual(gone)
    expect(strangers.events).toEqual([{ type: 'start' }])
  })

  it('begins anew after the line was away, and goes on', async () => {
    await using feed = listenAs(person.key)
    await feed.seen(({ type }) => type === 'start')
    const before = feed.events.length
    // As sockets are cut: the server itself goes, and comes back at the same address.
    app.app.server.server.closeAllConnections()
    await until(
      async () => feed.events.slice(before),
      (events) => events.some(({ type }) => type === 'start'),
    )
    expect(feed.connections).toEqual(['connected', 'lost', 'connected'])
    const { body } = await person.call('POST', `${project}/chats`, { name: 'After' })
    await feed.seen((event) => event.type === 'chat-changed' && event.chat.id === body.id)
  })

  it('ends for whoever is not known any more, and after the time that was asked for', async () => {
    const quory = createQuory({ baseUrl: app.url, apiKey: 'nonsense' })
    const read = async () => {
      for await (const event of readFeed(quory)) expect(event).toBeUndefined()
    }
    await expect(read()).rejects.toMatchObject({ status: 401 })
    expect((await person.call('GET', '/v1/me/events?seconds=0')).text).not.toContain('stream_closed')
  })
})
