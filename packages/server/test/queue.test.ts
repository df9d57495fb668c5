import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { aPerson } from './support/quivr-people.ts'
import { parseEvents, startTestApp, type TestApp, type TestClient, until } from './support/start-test-app.ts'

interface Asker {
  readonly key: string
  readonly call: TestClient
  /** Asks in a chat of its own unless one is named, and returns the reply's path. */
  ask(question: string, chat?: string): Promise<string>
  newChat(): Promise<string>
}

/** A model that says when each question reached it, and answers it when told to. */
class SlowModel {
  readonly asked: string[] = []
  readonly #waiting = new Map<string, () => void>()

  async answer(question: string): Promise<string> {
    this.asked.push(question)
    await new Promise<void>((resolve) => this.#waiting.set(question, resolve))
    return `To ${question}.`
  }

  finish(question: string): void {
    this.#waiting.get(question)?.()
    this.#waiting.delete(question)
  }

  async hasBeenAsked(count: number): Promise<void> {
    await until(
      async () => this.asked,
      (asked) => asked.length === count,
    )
  }
}

/** Reads a stream to its end, and lets the test see what came so far. */
function follow(app: TestApp, path: string, key: string) {
  let text = ''
  const read = async () => {
    const response = await fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } })
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
    return text
  }
  const shows = (part: string) =>
    until(
      async () => text,
      (now) => now.includes(part),
    )
  return { whole: read(), shows }
}

describe.each(engines)('the queue on %s', (engine) => {
  let server: ModelServer
  let model: SlowModel
  let app: TestApp
  beforeEach(async () => {
    server = await startModelServer()
    model = new SlowModel()
    server.script(async (body) => model.answer(body.messages.findLast(({ role }) => role === 'user')?.content ?? ''))
  })
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const start = async (env: Record<string, string>) => {
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-test', ...env } })
  }
  async function anAsker(name: string): Promise<Asker> {
    const { call, key } = await aPerson(app, name)
    const project = (await call('POST', '/v1/projects', { name, organization_id: 'o' })).body.id
    const newChat = async () =>
      `/v1/projects/${project}/chats/${(await call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id}`
    return {
      key,
      call,
      newChat,
      ask: async (content, chat) => {
        const path = chat ?? (await newChat())
        const { body } = await call('POST', `${path}/messages`, { content })
        return `${path}/messages/${body.metadata.assistant_message_id}`
      },
    }
  }
  const statusOf = async ({ call }: Asker, reply: string) => (await call('GET', reply)).body.status
  const positionIs = (asker: Asker, reply: string, position: number | null) =>
    until(
      async () => (await asker.call('GET', reply)).body,
      (body) => body.queue_position === position,
    )

  it('runs no more of one user at once than allowed, and others beside them', async () => {
    await start({ QUORY_CONCURRENT_ANSWERS_PER_USER: '2' })
    const [ada, grace] = [await anAsker('ada'), await anAsker('grace')]
    const replies = []
    for (const question of ['a1', 'a2', 'a3', 'a4']) replies.push(await ada.ask(question))
    await model.hasBeenAsked(2)
    expect([...model.asked].sort()).toEqual(['a1', 'a2'])
    await grace.ask('g1')
    await model.hasBeenAsked(3)
    expect(model.asked.at(-1)).toBe('g1')
    expect(await Promise.all(replies.map((reply) => statusOf(ada, reply)))).toEqual([
      'processing',
      'processing',
      'queued',
      'queued',
    ])
    model.finish('a1')
    await model.hasBeenAsked(4)
    expect(model.asked.at(-1)).toBe('a3')
    model.finish('a3')
    await model.hasBeenAsked(5)
    for (const question of ['a2', 'a4', 'g1']) model.finish(question)
    for (const reply of replies) {
      await until(
        () => statusOf(ada, reply),
        (status) => status === 'completed',
      )
    }
  })

  it('lets users take turns when the node is full, whoever asked more and sooner', async () => {
    await start({ QUORY_CONCURRENT_ANSWERS: '1' })
    const [ada, grace] = [await anAsker('ada'), await anAsker('grace')]
    for (const question of ['a1', 'a2', 'a3', 'a4']) await ada.ask(question)
    await model.hasBeenAsked(1)
    for (const question of ['g1', 'g2']) await grace.ask(question)
    const order = ['a1', 'g1', 'a2', 'g2', 'a3', 'a4']
    for (const [index, question] of order.entries()) {
      await model.hasBeenAsked(index + 1)
      model.finish(question)
    }
    expect(model.asked).toEqual(order)
  })

  it('says in the message how many come before it, and nothing when it does not wait', async () => {
    await start({ QUORY_CONCURRENT_ANSWERS: '1' })
    const [ada, grace] = [await anAsker('ada'), await anAsker('grace')]
    const first = await ada.ask('a1')
    await model.hasBeenAsked(1)
    const second = await ada.ask('a2')
    const third = await ada.ask('a3')
    const graces = await grace.ask('g1')
    await positionIs(ada, first, null)
    await positionIs(grace, graces, 1)
    await positionIs(ada, second, 2)
    await positionIs(ada, third, 3)
    const listed = (await ada.call('GET', third.replace(/\/[^/]+$/, ''))).body.messages
    expect(listed.map((message: { queue_position: number | null }) => message.queue_position)).toEqual([null, 3])
    model.finish('a1')
    await model.hasBeenAsked(2)
    await positionIs(grace, graces, null)
    await positionIs(ada, second, 1)
    expect((await ada.call('POST', `${third}/cancel`)).body).toMatchObject({
      status: 'cancelled',
      queue_position: null,
    })
  })

  it('gives a question that waits for its own chat a place among its owner’s', async () => {
    await start({})
    const ada = await anAsker('ada')
    const chat = await ada.newChat()
    await ada.ask('a1', chat)
    await model.hasBeenAsked(1)
    const second = await ada.ask('a2', chat)
    const third = await ada.ask('a3', chat)
    await positionIs(ada, second, 1)
    await positionIs(ada, third, 2)
  })

  it('tells waiting readers their place and each change of it, outside of the numbered log', async () => {
    await start({ QUORY_CONCURRENT_ANSWERS: '1' })
    const ada = await anAsker('ada')
    await ada.ask('a1')
    await model.hasBeenAsked(1)
    await ada.ask('a2')
    const reply = await ada.ask('a3')
    const chat = reply.replace(/\/messages.*/, '')
    const id = reply.split('/').at(-1)
    const reading = follow(app, `${chat}/stream`, ada.key)
    await reading.shows('"position":2')
    model.finish('a1')
    await model.hasBeenAsked(2)
    await reading.shows('"position":1')
    model.finish('a2')
    await model.hasBeenAsked(3)
    model.finish('a3')
    const text = await reading.whole
    const events = parseEvents(text)
    const places = events.filter(({ event }) => event === 'message_queued')
    expect(places.map(({ data }) => data)).toEqual([
      { id, chat_id: chat.split('/').at(-1), position: 2 },
      { id, chat_id: chat.split('/').at(-1), position: 1 },
    ])
    expect(places.map((place) => place.id)).toEqual([Number.NaN, Number.NaN])
    expect(events.slice(0, 2)).toEqual(places)
    const again = parseEvents((await ada.call('GET', `${chat}/stream`)).text)
    expect(again).toEqual(events.slice(2))
    expect(again.map((event) => event.id)).toEqual(again.map((_, index) => index + 1))
  })

  it('says nothing of a queue to the reader of an answer that starts at once', async () => {
    await start({})
    const ada = await anAsker('ada')
    const reply = await ada.ask('a1')
    const reading = ada.call('GET', `${reply.replace(/\/messages.*/, '')}/stream`)
    await model.hasBeenAsked(1)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    model.finish('a1')
    expect((await reading).text).not.toContain('message_queued')
  })
})
