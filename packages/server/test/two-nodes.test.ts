import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp, type TestApp, until } from './support/start-test-app.ts'

/** Long enough to be read and cancelled in the middle, whichever node runs it. */
const words = Array.from({ length: 200 }, (_, index) => `w${index} `)

describe('two nodes on one PostgreSQL', () => {
  let place: DatabasePlace
  let model: ModelServer
  let nodes: [TestApp, TestApp]
  let path: string
  beforeEach(async () => {
    place = await createTestDatabase('postgres')
    model = await startModelServer()
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
    nodes = await Promise.all([startTestApp({ place, env }), startTestApp({ place, env })])
    const project = (await nodes[0].call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await nodes[0].call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    path = `/v1/projects/${project}/chats/${chat}`
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
    await model[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('show the same events to the readers of either', async () => {
    model.script([{ text: words.slice(0, 40), tokenDelayMs: 10 }])
    await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })
    const [one, two] = await Promise.all(nodes.map((node) => node.call('GET', `${path}/stream`)))
    const events = parseEvents(one?.text ?? '')
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    expect(parseEvents(two?.text ?? '')).toEqual(events)
    expect(model.requests).toHaveLength(1)
  })

  it('tell each other of an end at once, without waiting for a poll', async () => {
    model.script(['Short.'])
    // Ten answers, each read on both nodes: whichever runs it, the other has to hear of its end.
    const startedAt = performance.now()
    for (let round = 0; round < 10; round++) {
      await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })
      const streams = await Promise.all(nodes.map((node) => node.call('GET', `${path}/stream`)))
      for (const { text } of streams) expect(parseEvents(text).at(-1)?.event).toBe('message_complete')
    }
    // One lost wake-up alone costs the five seconds of the safety poll.
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('cancel each other’s answers, and the text stays', async () => {
    model.script([{ text: words, tokenDelayMs: 20 }])
    const { metadata } = (await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })).body
    const reply = `${path}/messages/${metadata.assistant_message_id}`
    const [one, two] = nodes
    await until(
      () => two.call('GET', reply),
      ({ body }) => body.content !== '',
    )
    const [first, second] = await Promise.all([
      two.call('POST', `${reply}/cancel`),
      one.call('POST', `${reply}/cancel`),
    ])
    expect(first.body).toMatchObject({ status: 'cancelled', content: expect.stringMatching(/^w0/) })
    expect(second.body).toEqual(first.body)
    expect(await model.requests[0]?.closed).toBe('aborted')
  })

  it('answer a chat in order, whichever takes the questions', async () => {
    model.script((body) => ({ text: [`to ${body.messages.at(-1)?.content}`], tokenDelayMs: 20 }))
    for (const [index, node] of [nodes[0], nodes[1], nodes[0], nodes[1]].entries()) {
      await node.call('POST', `${path}/messages`, { content: `question ${index}` })
    }
    const done = await until(
      () => nodes[0].call('GET', `${path}/messages`),
      ({ body }) => body.messages.every((message: { status: string }) => message.status === 'completed'),
    )
    const ends = done.body.messages
      .filter((message: { role: string }) => message.role === 'assistant')
      .map((message: { completed_at: string }) => message.completed_at)
    expect(ends).toEqual([...ends].sort())
    expect(model.requests.map(({ body }) => body.messages.at(-1)?.content)).toEqual([
      'question 0',
      'question 1',
      'question 2',
      'question 3',
    ])
  })

  it('take over what a node that stops gives back', async () => {
    model.script((_, index) => (index === 0 ? { text: words, tokenDelayMs: 20 } : 'Whole.'))
    const { metadata } = (await nodes[0].call('POST', `${path}/messages`, { content: 'hi' })).body
    const reply = `${path}/messages/${metadata.assistant_message_id}`
    await until(
      () => nodes[1].call('GET', reply),
      ({ body }) => body.content !== '',
    )
    const reading = nodes[1].call('GET', `${path}/stream`)
    await nodes[0].restart()
    const events = parseEvents((await reading).text)
    const last = events.at(-1)
    expect(last).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    expect((await nodes[1].call('GET', reply)).body.content).toMatch(/^(Whole\.|w0 .*w199 ?)$/s)
  })
})
