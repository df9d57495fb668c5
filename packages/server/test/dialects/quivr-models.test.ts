import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { type ChatBody, type ModelServer, startModelServer } from '../support/model-server.ts'
import { aBrain, aChat, aFile, aPerson, type Person } from '../support/quivr-people.ts'
import { readChunks, showAs2023, showAs2024 } from '../support/quivr-streams.ts'
import { startTestApp, type TestApp, until } from '../support/start-test-app.ts'

const fact = 'The bell of Saint Orrin weighs 4170 kilograms.'
const past = 'Tell me about Saint Orrin.'

const toolNames = (body: ChatBody | undefined) => body?.tools?.map((tool) => tool.function.name)
const wholeText = (body: ChatBody | undefined) => JSON.stringify(body?.messages)

/** A promise and what settles it: how a test decides when a model goes on. */
function aGate() {
  return Promise.withResolvers<void>()
}

/** Tests 11 to 13, 15 and 16 of the contract, and what happens when a model fails. */
describe.each(engines)('Quivr with a model on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  beforeAll(async () => {
    models = await startModelServer({ models: ['gpt-3.5-turbo-0613', 'test-model'] })
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  /** The requests that models got from here on. */
  function countCalls() {
    const before = models.requests.length
    return () => models.requests.slice(before).map(({ body }) => body)
  }

  /** A brain that holds the fact, and a chat with one question asked before. */
  async function aHistory() {
    const person = await aPerson(app, 'ada')
    const brain = await aBrain(person)
    await person.call('POST', `/upload?brain_id=${brain}`, aFile('bells.txt', fact))
    await until(
      () => person.call('GET', `/knowledge?brain_id=${brain}`),
      ({ body }) => body.knowledges[0].status === 'connected',
    )
    const chat = await aChat(person)
    models.script(['It has a bell.'])
    await person.call('POST', `/chat/${chat}/question?brain_id=${brain}`, { question: past })
    const ask = (question: string, body: object = {}) =>
      person.call('POST', `/chat/${chat}/question?brain_id=${brain}`, {
        question,
        model: 'gpt-3.5-turbo-0613',
        ...body,
      })
    return { person, brain, chat, ask }
  }

  function openStream(person: Person, chat: string, body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${app.url}/chat/${chat}/question/stream?brain_id=`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  it('11. documents are fetched when the model asks for them, and nothing else', async () => {
    const { ask, brain } = await aHistory()
    models.script([{ toolCalls: [{ name: 'get_context' }] }, 'It weighs 4170 kilograms [1].'])
    const calls = countCalls()
    const { status, body } = await ask('How heavy is the bell?')
    expect(status).toBe(200)
    expect(body.assistant).toBe('It weighs 4170 kilograms [1].')
    expect(body).toMatchObject({ brain_id: brain, brain_name: 'Handbook' })
    expect(body.metadata.citations).toEqual([expect.objectContaining({ number: 1, quote: fact })])
    expect(body.metadata.sources).toEqual([expect.objectContaining({ name: 'bells.txt' })])
    expect(calls().map(toolNames)).toEqual([['get_history', 'get_context'], ['get_history']])
    expect(wholeText(calls()[1])).toContain(fact)
    expect(wholeText(calls()[1])).not.toContain(past)
  })

  it('12. history and documents are both there once both were asked for', async () => {
    const { ask } = await aHistory()
    models.script([
      { toolCalls: [{ name: 'get_history' }] },
      { toolCalls: [{ name: 'get_context' }] },
      'It weighs 4170 kilograms.',
    ])
    const calls = countCalls()
    expect((await ask('How heavy is the bell?')).body.assistant).toBe('It weighs 4170 kilograms.')
    // Between them, the model may be asked to condense the question: that call offers no tools either.
    expect(toolNames(calls()[0])).toEqual(['get_history', 'get_context'])
    expect(toolNames(calls()[1])).toEqual(['get_context'])
    expect(toolNames(calls().at(-1))).toBeUndefined()
    expect(wholeText(calls().at(-1))).toContain(past)
    expect(wholeText(calls().at(-1))).toContain(fact)
    expect(calls()).toHaveLength(3)
  })

  it('13. nothing is fetched for a model that answers at once', async () => {
    const { ask } = await aHistory()
    models.script(['Hello!'])
    const calls = countCalls()
    expect((await ask('Hello')).body.assistant).toBe('Hello!')
    expect(calls()).toHaveLength(1)
    expect(wholeText(calls()[0])).not.toContain(fact)
    expect(wholeText(calls()[0])).not.toContain(past)
  })

  it('15. the first words are there before the model has said the last', async () => {
    const person = await aPerson(app, 'ada')
    const chat = await aChat(person)
    const gate = aGate()
    models.script([
      {
        text: (async function* () {
          yield 'One'
          await gate.promise
          yield ' two.'
        })(),
      },
    ])
    const response = await openStream(person, chat, { question: 'Count' })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      gate.resolve()
    }
    expect(new TextDecoder().decode(chunks[0])).toMatch(/"assistant": "One", .*"metadata": null/)
    const [item] = (await person.call('GET', `/chat/${chat}/history`)).body
    expect([...showAs2023(chunks).values()]).toEqual([
      { user_message: 'Count', assistant: 'One two.', metadata: item.metadata },
    ])
    expect(item.assistant).toBe('One two.')
    expect(item.metadata).toMatchObject({ model: 'openai/test-model', usage: { input_tokens: 10, output_tokens: 5 } })
  })

  it.each([
    [
      'what does `data: ` mean?',
      ['It starts an event: `da', 'ta: {"a": 1}`, and ', 'data:', ' ', 'data: data: \\ "', '.'],
    ],
    ['data: ', ['data: ', '\n\ndata: ', '\ud83d\ude42 “ü” \u2028\u0007']],
  ])('16. a stream that says %j is read by both kinds of page', async (question, pieces) => {
    const person = await aPerson(app, 'ada')
    const chat = await aChat(person)
    models.script([{ text: pieces, tokenDelayMs: 40 }])
    const chunks = await readChunks(await openStream(person, chat, { question }))
    const texts = { user_message: question, assistant: pieces.join('') }
    for (const show of [showAs2023, showAs2024]) {
      const [shown] = show(chunks).values()
      expect(shown).toMatchObject(texts)
    }
    expect(Buffer.concat(chunks).toString('latin1')).toMatch(/^(data: \{[ -~]*\}\n\n)+$/)
    expect((await person.call('GET', `/chat/${chat}/history`)).body[0]).toMatchObject(texts)
  })

  it.each(['question', 'question/stream'])(
    'a model that refuses makes %s an error, not an empty answer',
    async (path) => {
      const person = await aPerson(app, 'ada')
      const chat = await aChat(person)
      models.script([{ status: 400, error: 'This model is asleep' }])
      const { status, body } = await person.call('POST', `/chat/${chat}/${path}`, { question: 'Hello' })
      expect([status, body]).toEqual([
        502,
        { detail: expect.stringContaining('asleep'), code: 'answer_failed', request_id: expect.any(String) },
      ])
      const [item] = (await person.call('GET', `/chat/${chat}/history`)).body
      expect(item.metadata.status).toBe('failed')
      expect(item.assistant).toContain('asleep')
    },
  )

  it('a model that breaks off leaves its words and the reason, in every reading', async () => {
    const person = await aPerson(app, 'ada')
    const chat = await aChat(person)
    const ask = { question: 'Hello' }
    models.script([{ text: 'Half an ans', ending: 'break' }])
    const chunks = await readChunks(await openStream(person, chat, ask))
    const direct = await person.call('POST', `/chat/${chat}/question`, ask)
    const items = (await person.call('GET', `/chat/${chat}/history`)).body
    const error = { code: expect.stringMatching(/^model_/), message: expect.any(String) }
    const [shown] = showAs2024(chunks).values()
    for (const { assistant, metadata } of [shown, direct.body, ...items]) {
      expect(assistant).toMatch(/^Half an ans\n\nThe answer was cut off here: /)
      expect(metadata).toMatchObject({ status: 'failed', error })
    }
    expect(direct.status).toBe(200)
    expect(shown?.assistant).toBe(items[0].assistant)
  })

  it('an answer goes on when its reader is gone', async () => {
    const person = await aPerson(app, 'ada')
    const chat = await aChat(person)
    const gate = aGate()
    models.script([
      {
        text: (async function* () {
          yield 'One'
          await gate.promise
          yield ' two.'
        })(),
      },
    ])
    const reader = new AbortController()
    const response = await openStream(person, chat, { question: 'Count' }, reader.signal)
    const stream = response.body?.getReader()
    await stream?.read()
    const soFar = (await person.call('GET', `/chat/${chat}/history`)).body[0]
    expect(soFar).toMatchObject({ assistant: 'One', metadata: { status: 'processing' } })
    reader.abort()
    gate.resolve()
    const { body } = await until(
      () => person.call('GET', `/chat/${chat}/history`),
      ({ body }) => body[0].metadata.status === 'completed',
    )
    expect(body[0].assistant).toBe('One two.')
  })

  it('an answer cancelled elsewhere ends the stream with what was said', async () => {
    const person = await aPerson(app, 'ada')
    const chat = await aChat(person)
    models.script([{ text: 'One', ending: 'hang' }])
    const response = await openStream(person, chat, { question: 'Count' })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) {
      if (chunks.push(chunk) > 1) continue
      const { message_id: message } = JSON.parse(new TextDecoder().decode(chunk).slice('data: '.length))
      const project = (await person.call('GET', '/brains/default')).body.id
      await person.call('POST', `/v1/projects/${project}/chats/${chat}/messages/${message}/cancel`)
    }
    const [shown] = showAs2024(chunks).values()
    expect(shown).toMatchObject({ assistant: 'One', metadata: { status: 'cancelled', error: null } })
  })

  it('a question takes its model and settings before the brain does', async () => {
    const person = await aPerson(app, 'ada')
    const prompt = (await person.call('POST', '/prompts', { title: 'T', content: 'Speak like a harbour master.' })).body
    const brain = await aBrain(person, { model: 'brain-model', temperature: 0.5, max_tokens: 50, prompt_id: prompt.id })
    const chat = await aChat(person)
    const asked = async (body: object) => {
      models.script(['Yes.'])
      const calls = countCalls()
      await person.call('POST', `/chat/${chat}/question?brain_id=${brain}`, { question: 'Q', ...body })
      const [{ model, temperature, max_tokens: maxTokens, messages } = {} as Partial<ChatBody>] = calls()
      return { model, temperature, maxTokens, hasPrompt: JSON.stringify(messages).includes('harbour master') }
    }
    expect(await asked({})).toEqual({ model: 'brain-model', temperature: 0.5, maxTokens: 50, hasPrompt: true })
    expect(await asked({ model: 'mine', temperature: '0', max_tokens: '7' })).toEqual({
      model: 'mine',
      temperature: 0,
      maxTokens: 7,
      hasPrompt: true,
    })
    const other = (await person.call('POST', '/prompts', { title: 'O', content: 'Be brief.' })).body
    expect((await asked({ prompt_id: other.id })).hasPrompt).toBe(false)
  })

  it("a caller's own key goes to the provider, is not counted, and is kept nowhere", async () => {
    await using limited = await startTestApp({
      engine,
      env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model', QUORY_DAILY_QUESTIONS: '1' },
    })
    const person = await aPerson(limited, 'ada')
    const chat = await aChat(person)
    models.script(['Hello!'])
    const ask = (key: string) =>
      person.call('POST', `/chat/${chat}/question`, { question: 'Hello' }, { 'openai-api-key': key })
    const statuses = [(await ask('sk-own')).status, (await ask('sk-own')).status]
    expect(models.requests.at(-1)?.headers.authorization).toBe('Bearer sk-own')
    statuses.push((await ask('')).status, (await ask('')).status, (await ask('sk-own')).status)
    expect(statuses).toEqual([200, 200, 200, 429, 200])
    expect((await ask('sk own')).status).toBe(422)
    // Not answered with that key.
    const body = { question: 'Hello', model: 'quory/extractive' }
    const elsewhere = await person.call('POST', `/chat/${chat}/question`, body, { 'openai-api-key': 'sk-own' })
    expect(elsewhere.status).toBe(429)
    const { requests_stats: stats } = (await person.call('GET', '/user')).body
    expect(stats).toEqual([expect.objectContaining({ daily_requests_count: 1 })])
    expect((await person.call('GET', `/chat/${chat}/history`)).text).not.toContain('sk-own')
  })

  it('a server that stops says so to who waits, and answers after its restart', async () => {
    await using own = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
    const person = await aPerson(own, 'ada')
    const chat = await aChat(person)
    models.script(['hang'])
    const calls = countCalls()
    const waiting = person.call('POST', `/chat/${chat}/question`, { question: 'Hello' })
    await until(
      async () => calls().length,
      (count) => count === 1,
    )
    models.script(['Here I am.'])
    const restarted = own.restart()
    const { status, body, headers } = await waiting
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'shutting_down', '5'])
    await restarted
    const call = own.as(person.key)
    const history = await until(
      () => call('GET', `/chat/${chat}/history`),
      ({ body }) => body[0].metadata.status === 'completed',
    )
    expect(history.body[0].assistant).toBe('Here I am.')
  })
})
