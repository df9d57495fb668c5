import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { aChat, aPerson } from '../support/quivr-people.ts'
import { readChunks, showAs2023, showAs2024 } from '../support/quivr-streams.ts'
import { startTestApp, type TestApp, until } from '../support/start-test-app.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/
const unknown = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const recordKeys = [
  'chat_id',
  'message_id',
  'user_message',
  'assistant',
  'message_time',
  'prompt_title',
  'brain_name',
  'brain_id',
  'metadata',
  'thumbs',
]

/** Tests 1 to 10, 14, 15 and 17 to 19 of the contract; 20 stands in quivr-brains.test.ts, those with a model in quivr-models.test.ts. */
describe.each(engines)('Quivr on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it.each([
    ['no header', undefined, 403, 'Not authenticated'],
    ['no token after the scheme', 'Bearer', 403, 'Not authenticated'],
    ['another scheme', 'Basic abc', 403, 'Invalid authentication credentials'],
    ['a scheme in lower case', 'bearer abc', 401, 'Token must be Bearer'],
    ['a token that is nobody’s', 'Bearer nonsense', 401, 'Invalid token or api key.'],
  ])('1. 2. refuses %s', async (_, authorization, status, detail) => {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await app.as(undefined)('GET', '/chat', undefined, headers)
    expect(response.status).toBe(status)
    expect(response.body).toEqual({ detail, code: expect.any(String), request_id: expect.any(String) })
  })

  it('3. a new user has no chats', async () => {
    const ada = await aPerson(app, 'ada')
    expect((await ada.call('GET', '/chat')).body).toEqual({ chats: [] })
  })

  it('4. a chat is made with a name', async () => {
    const ada = await aPerson(app, 'ada')
    const { status, body } = await ada.call('POST', '/chat', { name: 'What is Quivr' })
    expect(status).toBe(200)
    expect(body).toEqual({
      chat_id: expect.stringMatching(uuid),
      user_id: ada.id,
      creation_time: expect.stringMatching(time),
      chat_name: 'What is Quivr',
      history: null,
    })
  })

  it.each([
    [5, '5'],
    [true, 'True'],
    ['', ''],
  ])('4. a chat named %j is called %j', async (name, chatName) => {
    const { status, body } = await app.call('POST', '/chat', { name })
    expect([status, body.chat_name]).toEqual([200, chatName])
  })

  it.each([{}, { name: null }, { name: {} }, { name: [] }])(
    '5. a chat of %j is refused, naming the field',
    async (sent) => {
      const { status, body } = await app.call('POST', '/chat', sent)
      expect(status).toBe(422)
      expect(body).toEqual({
        detail: [expect.objectContaining({ loc: ['body', 'name'], msg: expect.any(String), type: expect.any(String) })],
        status_code: 422,
        message: expect.stringContaining('1 validation error for Request body -> name '),
        data: null,
        code: 'invalid_request',
        request_id: expect.any(String),
      })
    },
  )

  it('6. chats are listed oldest first, to their owner alone', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const made = [await aChat(ada, 'first'), await aChat(ada, 'second')]
    const { chats } = (await ada.call('GET', '/chat')).body
    expect(chats.map((chat: { chat_id: string }) => chat.chat_id)).toEqual(made)
    for (const chat of chats) expect(Object.keys(chat)).toEqual(['chat_id', 'user_id', 'creation_time', 'chat_name'])
    expect((await grace.call('GET', '/chat')).body).toEqual({ chats: [] })
  })

  it('6. chats come in pages when asked for', async () => {
    const ada = await aPerson(app, 'ada')
    const made = [await aChat(ada), await aChat(ada), await aChat(ada)]
    const first = await ada.call('GET', '/chat?limit=2')
    const cursor = first.headers.get('x-next-cursor')
    const second = await ada.call('GET', `/chat?limit=2&cursor=${cursor}`)
    const ids = [...first.body.chats, ...second.body.chats].map((chat) => chat.chat_id)
    expect(ids).toEqual(made)
    expect(second.headers.get('x-next-cursor')).toBeNull()
    expect((await ada.call('GET', '/chat?cursor=x')).status).toBe(422)
  })

  it('7. a chat is renamed; without a name it stays as it is', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada, 'old')
    const renamed = await ada.call('PUT', `/chat/${chat}/metadata`, { chat_name: 'x' })
    expect([renamed.status, renamed.body.chat_name]).toEqual([200, 'x'])
    for (const body of [{}, { chat_name: null }]) {
      expect((await ada.call('PUT', `/chat/${chat}/metadata`, body)).body.chat_name).toBe('x')
    }
    expect((await ada.call('GET', '/chat')).body.chats).toEqual([renamed.body])
  })

  it.each([
    ['PUT', '/metadata', { chat_name: 'x' }],
    ['DELETE', '', undefined],
    ['GET', '/history', undefined],
    ['POST', '/question', { question: 'Hello' }],
    ['POST', '/question/stream', { question: 'Hello' }],
    ['POST', '/question/answer', { question: 'Hello', answer: 'Hi' }],
    ['PUT', `/${unknown}`, { thumbs: true }],
  ])("8. 17. %s of somebody else's chat%s is that of none", async (method, path, body) => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const chat = await aChat(ada)
    for (const id of [chat, unknown]) {
      const response = await grace.call(method, `/chat/${id}${path}`, body)
      expect([response.status, response.body.detail]).toEqual([404, 'Chat not found'])
    }
    expect((await ada.call('GET', '/chat')).body.chats).toHaveLength(1)
    expect((await ada.call('GET', `/chat/${chat}/history`)).body).toEqual([])
  })

  it.each(['?brain_id=', '?brain_id=nonsense', ''])(
    '9. 10. a question with the query "%s" is answered',
    async (query) => {
      const ada = await aPerson(app, 'ada')
      const chat = await aChat(ada)
      const body = { question: 'Hello', model: 'gpt-3.5-turbo', temperature: '0', max_tokens: '256' }
      const answered = await ada.call('POST', `/chat/${chat}/question${query}`, body)
      expect(answered.status).toBe(200)
      expect(Object.keys(answered.body)).toEqual(recordKeys)
      expect(answered.body).toMatchObject({
        chat_id: chat,
        message_id: expect.stringMatching(uuid),
        user_message: 'Hello',
        assistant: expect.stringMatching(/\S/),
        message_time: expect.stringMatching(time),
        brain_id: null,
        brain_name: null,
        prompt_title: null,
        thumbs: null,
        // No provider is configured here: the record says what answered instead of the model that was named.
        metadata: { status: 'completed', model: 'quory/extractive', error: null },
      })
    },
  )

  it.each([
    ['temperature', '2.5'],
    ['temperature', -0.1],
    ['temperature', 'warm'],
    ['temperature', {}],
    ['max_tokens', '2.7'],
    ['max_tokens', 0],
    ['max_tokens', 'many'],
    ['prompt_id', 'not-a-uuid'],
    ['question', null],
    ['model', {}],
  ])('18. a question with %s %j is refused', async (field, value) => {
    const chat = await aChat(app)
    for (const path of ['question', 'question/stream']) {
      const { status, body } = await app.call('POST', `/chat/${chat}/${path}`, { question: 'Hello', [field]: value })
      expect([status, body.detail[0]?.loc]).toEqual([422, ['body', field]])
    }
  })

  it('9. a fraction of a token is cut off, and zero is a temperature', async () => {
    const chat = await aChat(app)
    const body = { question: 'Hello', temperature: 0, max_tokens: 2.7 }
    expect((await app.call('POST', `/chat/${chat}/question`, body)).status).toBe(200)
  })

  it('14. the history holds the records returned, wrapped and flat, oldest first', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    expect((await ada.call('GET', `/chat/${chat}/history`)).body).toEqual([])
    const records = []
    for (const question of ['One', 'Two', 'Three']) {
      records.push((await ada.call('POST', `/chat/${chat}/question`, { question })).body)
    }
    const items = records.map((record) => ({ item_type: 'MESSAGE', body: record, ...record }))
    expect((await ada.call('GET', `/chat/${chat}/history`)).body).toEqual(items)
    const newest = await ada.call('GET', `/chat/${chat}/history?limit=2`)
    expect(newest.body).toEqual(items.slice(1))
    const older = await ada.call('GET', `/chat/${chat}/history?limit=2&cursor=${newest.headers.get('x-next-cursor')}`)
    expect(older.body).toEqual(items.slice(0, 1))
    expect(older.headers.get('x-next-cursor')).toBeNull()
  })

  it('14. an answer made anew is one more item, and pages lose and repeat none', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    const messages = `/v1/projects/${(await ada.call('GET', '/brains/default')).body.id}/chats/${chat}/messages`
    const ids = []
    for (const question of ['One', 'Two']) {
      ids.push((await ada.call('POST', `/chat/${chat}/question`, { question })).body.message_id)
    }
    const history = async (query = '') => await ada.call('GET', `/chat/${chat}/history${query}`)
    for (const id of [ids[0], ids[0], ids[1]]) {
      ids.push((await ada.call('POST', `${messages}/${id}/regenerate`)).body.id)
    }
    const { body } = await until(history, ({ body }) =>
      body.every(({ metadata }: { metadata: { status: string } }) => metadata.status === 'completed'),
    )
    const texts = ['One', 'Two', 'One', 'One', 'Two']
    expect(body.map((item: { user_message: string }) => item.user_message)).toEqual(texts)
    expect(body.map((item: { message_id: string }) => item.message_id)).toEqual(ids)

    const paged: unknown[] = []
    let query = '?limit=1'
    for (;;) {
      const page = await history(query)
      paged.unshift(...page.body)
      const cursor = page.headers.get('x-next-cursor')
      if (cursor === null) break
      query = `?limit=1&cursor=${cursor}`
    }
    expect(paged).toEqual(body)

    // A question whose reply was deleted is still there to be seen.
    const [question] = (await ada.call('GET', messages)).body.messages
    const only = await aChat(ada)
    const asked = (await ada.call('POST', `/chat/${only}/question`, { question: 'Alone' })).body
    await ada.call('DELETE', `/v1/projects/${question.project_id}/chats/${only}/messages/${asked.message_id}`)
    expect((await ada.call('GET', `/chat/${only}/history`)).body).toEqual([
      expect.objectContaining({ user_message: 'Alone', assistant: '' }),
    ])
  })

  it('15. a stream holds nothing but records, whose texts are the stored answer', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    const response = await fetch(`${app.url}/chat/${chat}/question/stream?brain_id=`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.key}`, 'content-type': 'application/json', origin: 'http://web.test' },
      body: JSON.stringify({ question: 'Grüße 🙂 \u007f?' }),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('access-control-allow-origin')).toBe('http://web.test')
    const chunks = await readChunks(response)
    const text = Buffer.concat(chunks).toString('latin1')
    expect(text).toMatch(/^(data: \{[ -~]*\}\n\n)+$/)
    const records = text
      .split('data: ')
      .filter((piece) => piece !== '')
      .map((piece) => JSON.parse(piece))
    for (const record of records) expect(Object.keys(record)).toEqual(recordKeys)
    expect(records.at(-1)).toMatchObject({ assistant: '', metadata: { status: 'completed', sources: [] } })
    const [item] = (await ada.call('GET', `/chat/${chat}/history`)).body
    const shown = { user_message: 'Grüße 🙂 \u007f?', assistant: item.assistant, metadata: item.metadata }
    expect(showAs2023(chunks)).toEqual(new Map([[item.message_id, shown]]))
    expect(showAs2024(chunks)).toEqual(new Map([[item.message_id, shown]]))
  })

  it('17. a chat is deleted once', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    await ada.call('POST', `/chat/${chat}/question`, { question: 'Hello' })
    const deleted = await ada.call('DELETE', `/chat/${chat}`)
    expect([deleted.status, deleted.body]).toEqual([200, { message: `${chat}  has been deleted.` }])
    for (const [method, path] of [
      ['DELETE', `/chat/${chat}`],
      ['GET', `/chat/${chat}/history`],
    ] as const) {
      const gone = await ada.call(method, path)
      expect([gone.status, gone.body.detail]).toEqual([404, 'Chat not found'])
    }
    expect((await ada.call('GET', '/chat')).body.chats).toEqual([])
  })

  it('18. an id that is no UUID is a 422; any form of one that Python takes is not', async () => {
    const { status, body } = await app.call('DELETE', '/chat/not-a-uuid')
    expect([status, body.detail[0]]).toEqual([
      422,
      { type: 'uuid_parsing', loc: ['path', 'chat_id'], msg: 'Input should be a valid UUID', input: 'not-a-uuid' },
    ])
    const chat = await aChat(app)
    const bare = chat.replaceAll('-', '')
    for (const form of [chat.toUpperCase(), bare, `{${chat}}`, `urn:uuid:${chat}`]) {
      const history = await app.call('GET', `/chat/${encodeURIComponent(form)}/history`)
      expect([form, history.status]).toEqual([form, 200])
    }
    expect((await app.call('POST', `/chat/${chat}/question`, {})).status).toBe(422)
  })

  it('an answer that is already known is added without asking anything', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    const added = await ada.call('POST', `/chat/${chat}/question/answer`, { question: 'Q', answer: 'A' })
    expect([added.status, added.text]).toEqual([200, 'null'])
    const asked = (await ada.call('POST', `/chat/${chat}/question`, { question: 'Hello' })).body
    const history = (await ada.call('GET', `/chat/${chat}/history`)).body
    expect(history).toHaveLength(2)
    expect(history[0].body).toMatchObject({ user_message: 'Q', assistant: 'A', metadata: { model: null } })
    expect(history[1].body).toEqual(asked)
  })

  it('an answer is rated, and the rating is shown', async () => {
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    const asked = (await ada.call('POST', `/chat/${chat}/question`, { question: 'Hello' })).body
    for (const thumbs of [true, false, null]) {
      const rated = await ada.call('PUT', `/chat/${chat}/${asked.message_id}`, { thumbs })
      expect([rated.status, rated.body]).toEqual([200, [{ ...asked, thumbs }]])
      expect((await ada.call('GET', `/chat/${chat}/history`)).body[0].thumbs).toBe(thumbs)
    }
    const missing = await ada.call('PUT', `/chat/${chat}/${unknown}`, { thumbs: true })
    expect([missing.status, missing.body.detail]).toEqual([404, 'Message not found'])
    expect((await ada.call('PUT', `/chat/${chat}/${asked.message_id}`, {})).status).toBe(422)
  })

  it.each(['/', '/healthz', '/chat/healthz', '/upload/healthz', '/crawl/healthz'])('%s needs no key', async (path) => {
    const { status, body } = await app.as(undefined)('GET', path)
    expect([status, body]).toEqual([200, { status: path === '/' ? 'OK' : 'ok' }])
  })

  it('a wrong method says which ones there are', async () => {
    const { status, body, headers } = await app.call('GET', `/chat/${unknown}`)
    expect([status, body.detail, headers.get('allow')]).toEqual([405, 'Method Not Allowed', 'DELETE'])
  })

  it('browsers of other origins may call, and see what was refused', async () => {
    const origin = { origin: 'http://web.test' }
    const preflight = await app.as(undefined)('OPTIONS', '/chat', undefined, {
      ...origin,
      'access-control-request-method': 'POST',
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'http://web.test'])
    const refused = await app.as(undefined)('GET', '/chat', undefined, origin)
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, 'http://web.test'])
  })
})

describe.each(engines)("Quivr's daily limit on %s", (engine) => {
  it('19. counts accepted questions only, on either route', async () => {
    await using app = await startTestApp({ engine, env: { QUORY_DAILY_QUESTIONS: '2' } })
    const ada = await aPerson(app, 'ada')
    const chat = await aChat(ada)
    const ask = (path: string, headers = {}) =>
      ada.call('POST', `/chat/${chat}/${path}`, { question: 'Hello' }, headers)
    expect((await ada.call('POST', `/chat/${chat}/question`, {})).status).toBe(422)
    expect((await ada.call('POST', `/chat/${unknown}/question`, { question: 'Hello' })).status).toBe(404)
    expect((await ada.call('POST', `/chat/${chat}/question?brain_id=${unknown}`, { question: 'Hello' })).status).toBe(
      403,
    )
    const statuses = [(await ask('question')).status, (await ask('question/stream')).status]
    expect(statuses).toEqual([200, 200])
    for (const path of ['question', 'question/stream']) {
      const refused = await ask(path)
      expect([refused.status, refused.body.detail]).toEqual([
        429,
        'You have reached the maximum number of requests for today.',
      ])
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await ada.call('GET', `/chat/${chat}/history`)).body).toHaveLength(2)
    expect((await ask('question', { 'openai-api-key': '' })).status).toBe(429)
  })
})
