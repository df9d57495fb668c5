import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, inTransaction } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { type ChatId, type MessageId, newId, type ProjectId } from '../src/ids.ts'
import { enqueueJob } from '../src/jobs/job-store.ts'
import { indexMessagesJob } from '../src/memory/index-messages.ts'
import { engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { aPerson, type Person } from './support/quivr-people.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

describe.each(engines)('what was said before, on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  let db: Database
  let people = 0
  beforeAll(async () => {
    models = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test' } })
    db = await openDatabase(app.config)
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  async function aTalker() {
    const person = await aPerson(app, `talker-${engine}-${++people}`)
    const projectId: ProjectId = (await person.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body
      .id
    const project = `/v1/projects/${projectId}`
    const search = async (query: string, more = '') =>
      (await person.call('GET', `${project}/messages/search?q=${encodeURIComponent(query)}${more}`)).body
    return { ...person, projectId, project, search }
  }

  async function aChat({ call, project }: { call: Person['call']; project: string }, name = 'c'): Promise<ChatId> {
    return (await call('POST', `${project}/chats`, { name })).body.id
  }

  /** A long conversation, as it would be stored; `day` of November. */
  async function say(projectId: ProjectId, chatId: ChatId, texts: readonly string[], day = 3) {
    const ids = texts.map(() => newId<MessageId>())
    const chat = await db.query
      .selectFrom('chats')
      .select('last_position')
      .where('id', '=', chatId)
      .executeTakeFirstOrThrow()
    const time = `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`
    const rows = texts.map((content, index) => ({
      project_id: projectId,
      chat_id: chatId,
      id: ids[index] ?? newId<MessageId>(),
      position: chat.last_position + 1 + index,
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content,
      status: 'completed' as const,
      metadata: '{}',
      created_at: time,
      completed_at: time,
    }))
    for (let at = 0; at < rows.length; at += 500)
      await db.query
        .insertInto('messages')
        .values(rows.slice(at, at + 500))
        .execute()
    await db.query
      .updateTable('chats')
      .set({ last_position: chat.last_position + texts.length, message_count: texts.length })
      .where('id', '=', chatId)
      .execute()
    return ids
  }

  async function index(projectId: ProjectId) {
    await inTransaction(db, (tx) => enqueueJob(tx, indexMessagesJob(projectId)))
    // Found by the poll, since this test is no node that could wake the worker.
    await until(
      () => db.query.selectFrom('jobs').select('state').where('project_id', '=', projectId).execute(),
      (jobs) => jobs.every(({ state }) => state === 'completed'),
    )
  }

  const chatter = (count: number) =>
    Array.from({ length: count }, (_, i) => `We talk about topic ${i % 17} again today.`)
  const idsOf = (found: { messages: { message_id: string }[] }) => found.messages.map(({ message_id }) => message_id)

  it('is found with a piece of it, in one’s own chats, before and after it is indexed', async () => {
    const talker = await aTalker()
    const chatId = await aChat(talker, 'Birds')
    const long = `${'Something else entirely. '.repeat(40)}The barn owl of Quarrington weighs 417 grams.${' And so on.'.repeat(40)}`
    const ids = await say(talker.projectId, chatId, [...chatter(70), 'What about owls?', long, ...chatter(70)])
    for (const isIndexed of [false, true]) {
      if (isIndexed) await index(talker.projectId)
      const found = await talker.search('weight of the Quarrington owl')
      expect(idsOf(found).toSorted()).toEqual([ids[70], ids[71]].toSorted())
      const answer = found.messages.find(({ message_id }: { message_id: string }) => message_id === ids[71])
      expect(answer).toMatchObject({ chat_id: chatId, chat_name: 'Birds', role: 'assistant' })
      expect(answer.snippet).toMatch(/^… .*The barn owl of Quarrington weighs 417 grams\..* …$/)
      expect(found.messages[0].snippet.length).toBeLessThan(260)
      // The newest 128 are searched before that.
      expect([found.next_cursor, found.is_complete]).toEqual([null, isIndexed])
    }
    const rows = await db.query
      .selectFrom('message_blocks')
      .select(['number', 'last_position'])
      .where('chat_id', '=', chatId)
      .orderBy('number')
      .execute()
    expect(rows).toEqual([
      { number: 0, last_position: 63 },
      { number: 1, last_position: 127 },
      { number: 2, last_position: 142 },
    ])
  })

  it('is found by its date, and what was said since the last indexing too', async () => {
    const talker = await aTalker()
    const chatId = await aChat(talker)
    const early = await say(talker.projectId, chatId, ['The roof was mended.', 'Good.'], 7)
    await index(talker.projectId)
    const late = await say(talker.projectId, chatId, ['The roof leaks again.', 'Oh no.'], 19)
    expect(early).toContain(idsOf(await talker.search('What about the roof on 7 November?'))[0])
    expect(late).toContain(idsOf(await talker.search('What about the roof on 19 November?'))[0])
  })

  it('is never another’s, whoever asks and whatever they name', async () => {
    const talker = await aTalker()
    const chatId = await aChat(talker)
    await say(talker.projectId, chatId, ['My secret is a walrus.', 'I see.'])
    await index(talker.projectId)
    const stranger = await aTalker()
    expect((await stranger.call('GET', `${talker.project}/messages/search?q=walrus`)).status).toBe(404)
    expect((await stranger.call('GET', `${stranger.project}/messages/search?q=walrus&chat_id=${chatId}`)).status).toBe(
      404,
    )
    await talker.call('PUT', `${talker.project}/members/${stranger.id}`, { role: 'owner' })
    // An owner of the project may read the chat, but searches only what they said themselves.
    const asMember = (await stranger.call('GET', `${talker.project}/messages/search?q=walrus`)).body
    expect(asMember.messages).toEqual([])
    expect((await stranger.call('GET', `${talker.project}/messages/search?q=walrus&chat_id=${chatId}`)).status).toBe(
      404,
    )
    expect((await app.call('GET', `${talker.project}/messages/search?q=walrus`)).body.messages).toEqual([])
  })

  it('comes in pages, and in one chat when it is named', async () => {
    const talker = await aTalker()
    const [first, second] = [await aChat(talker, 'first'), await aChat(talker, 'second')]
    await say(
      talker.projectId,
      first,
      Array.from({ length: 30 }, (_, i) => `A zebra, number ${i}.`),
    )
    await say(talker.projectId, second, ['One zebra more.', 'Yes.'])
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await talker.search('zebra', `&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...idsOf(page))
      cursor = page.next_cursor
    }
    expect(new Set(seen).size).toBe(31)
    expect(seen).toHaveLength(31)
    expect((await talker.search('zebra', `&chat_id=${second}`)).messages).toHaveLength(1)
    expect((await talker.search('zebra', '&cursor=WzEuNV0')).code).toBe('invalid_request')
  })

  it('keeps its pages while more is said', async () => {
    const talker = await aTalker()
    const [first, second] = [await aChat(talker, 'first'), await aChat(talker, 'second')]
    const texts = Array.from({ length: 24 }, (_, i) => `${'A zebra'.padEnd(8 + 5 * (i % 7), ' runs')}, number ${i}.`)
    await say(talker.projectId, first, texts)
    await say(talker.projectId, second, ['One zebra more.', 'Yes, a zebra.'])
    await index(talker.projectId)
    const paths = ['messages', 'chats'].map((kind) => `${talker.project}/${kind}/search?q=zebra`)
    const find = async (path: string) => {
      const { body } = await talker.call('GET', path)
      return { ids: idsOf({ messages: body.messages ?? body.results }), cursor: body.next_cursor }
    }
    const before = await Promise.all(paths.map((path) => find(`${path}&limit=50`)))
    const pages = await Promise.all(paths.map((path) => find(`${path}&limit=5`)))
    const ask = async (chatId: ChatId) => {
      models.script([`Zebra, zebra! Das Zebra läuft, und ein zweites Zebra läuft ihm nach.`])
      const { metadata } = (
        await talker.call('POST', `${talker.project}/chats/${chatId}/messages`, { content: 'Zebra zebra zebra?' })
      ).body
      await until(
        () => talker.call('GET', `${talker.project}/chats/${chatId}/messages/${metadata.assistant_message_id}`),
        ({ body }) => body.status === 'completed',
      )
    }
    for (const [kind, path] of paths.entries()) {
      let { ids, cursor } = pages[kind] ?? { ids: [], cursor: null }
      for (let page = 0; cursor !== null; page++) {
        // In a chat that is searched, at its end, and in a new one; then in the index, too.
        if (page < 2) await ask(page === 0 ? first : await aChat(talker, 'third'))
        if (page === 1) await index(talker.projectId)
        const next = await find(`${path}&limit=5&cursor=${cursor}`)
        ids = [...ids, ...next.ids]
        cursor = next.cursor
      }
      expect(ids).toHaveLength(26)
      expect(ids).toEqual(before[kind]?.ids)
    }
    expect((await find(`${paths[0]}&limit=50`)).ids).toHaveLength(34)
  })

  it('goes with its message and its chat, from the index too', async () => {
    const talker = await aTalker()
    const chatId = await aChat(talker)
    const ids = await say(talker.projectId, chatId, [...chatter(64), 'The walrus is gone.', 'Yes.', ...chatter(80)])
    await index(talker.projectId)
    expect(idsOf(await talker.search('walrus'))).toEqual([ids[64]])
    const blocks = () => db.query.selectFrom('message_blocks').select('number').where('chat_id', '=', chatId).execute()
    const before = await blocks()
    await talker.call('DELETE', `${talker.project}/chats/${chatId}/messages/${ids[64]}`)
    expect((await talker.search('walrus')).messages).toEqual([])
    expect(await blocks()).toHaveLength(before.length - 1)
    await index(talker.projectId)
    expect(await blocks()).toHaveLength(before.length)
    expect((await talker.search('topic 16')).messages.length).toBeGreaterThan(0)
    await talker.call('DELETE', `${talker.project}/chats/${chatId}`)
    expect(await blocks()).toEqual([])
    expect((await talker.search('topic')).messages).toEqual([])
  })

  it('is searched by a model that asks for it: with neighbours and dates, in other chats only by consent', async () => {
    const talker = await aTalker()
    const [chatId, other] = [await aChat(talker, 'This one'), await aChat(talker, 'Summer')]
    const past = ['What is the code of the shed?', 'The shed opens with 4711.', 'Thanks!', 'You are welcome.']
    await say(talker.projectId, chatId, [...past, ...chatter(60)], 5)
    await say(talker.projectId, other, ['Who feeds the llama in summer?', 'The shed key hangs beside the llama.'], 9)
    await index(talker.projectId)
    const ask = async () => {
      const asked = models.requests.length
      models.script([{ toolCalls: [{ name: 'get_history', arguments: { query: 'shed' } }] }, 'It is 4711.'])
      const { metadata } = (
        await talker.call('POST', `${talker.project}/chats/${chatId}/messages`, { content: 'What opened it again?' })
      ).body
      await until(
        () => talker.call('GET', `${talker.project}/chats/${chatId}/messages/${metadata.assistant_message_id}`),
        ({ body }) => body.status === 'completed',
      )
      return models.requests[asked + 1]?.body.messages.at(-1)?.content ?? ''
    }
    const alone = await ask()
    expect(alone).toContain('Earlier in this conversation, Thursday, 5 November 2026')
    expect(alone).toContain('User: What is the code of the shed?\nAssistant: The shed opens with 4711.\nUser: Thanks!')
    expect(alone).not.toContain('llama')
    expect((await talker.call('GET', '/v1/me')).body.recalls_other_chats).toBe(false)
    const { body } = await talker.call('PATCH', '/v1/me', { recalls_other_chats: true })
    expect(body.recalls_other_chats).toBe(true)
    const both = await ask()
    expect(both).toContain('In another conversation of theirs, "Summer", Monday, 9 November 2026')
    expect(both).toContain('The shed key hangs beside the llama.')
    await talker.call('PATCH', '/v1/me', { recalls_other_chats: false })
    expect(await ask()).not.toContain('llama')
  })
})
