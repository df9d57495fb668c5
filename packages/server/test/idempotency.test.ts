import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import type { UserId } from '../src/ids.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { countRows, endLease, keepRunning, type Made, rewind } from './support/idempotency-rows.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { aChat, aFile, aPerson, type Person } from './support/quivr-people.ts'
import { guardedRoutes, routeName } from './support/route-cases.ts'
import { fillRequest, type TableRequest, tableRequests } from './support/route-requests.ts'
import { anOwner, type Owner } from './support/route-world.ts'
import { parseEvents, startTestApp, type TestApp, type TestResponse, until } from './support/start-test-app.ts'

const project = '/v1/projects/:project_id'
const message = `${project}/chats/:chat_id/messages`

/** What each POST makes, in rows; searches first, which find what the others add. A new one without an entry fails. */
const made: Readonly<Record<string, Made>> = {
  [`POST ${project}/search`]: {},
  [`POST ${project}/tables/query`]: {},
  [`POST ${project}/data-sources/:data_source_id/validate`]: {},
  [`POST ${project}/data-sources/:data_source_id/sync`]: {},
  [`POST ${project}/data-sources/:data_source_id/pause`]: {},
  [`POST ${project}/data-sources/:data_source_id/resume`]: {},
  [`POST ${project}/data-sources/:data_source_id/cancel`]: {},
  'POST /brains/:brain_id/documents': {},
  'POST /v1/users': { users: 1 },
  'POST /v1/users/:user_id/api-keys': { api_keys: 1 },
  'POST /v1/users/:user_id/sign-in-link': { sign_in_links: 1 },
  'POST /v1/auth/sign-out-everywhere': {},
  'POST /v1/projects': { projects: 1, project_members: 1 },
  [`POST ${project}/invitations`]: { project_invitations: 1 },
  [`POST ${project}/chats`]: { chats: 1 },
  [`POST ${message}`]: { messages: 2, answers: 1 },
  [`POST ${message}/:message_id/cancel`]: {},
  [`POST ${message}/:message_id/regenerate`]: { messages: 1, answers: 1 },
  [`POST ${project}/chats/:chat_id/trash`]: {},
  [`POST ${project}/chats/:chat_id/restore`]: {},
  [`POST ${project}/data-sources`]: { sources: 1 },
  [`POST ${project}/data-sources/upload`]: { sources: 1, jobs: 1 },
  [`POST ${project}/data-sources/csv-upload`]: { sources: 1, jobs: 1 },
  [`POST ${project}/training`]: { trainings: 1, jobs: 1 },
  'POST /chat': { chats: 1 },
  'POST /chat/:chat_id/question': { messages: 2, answers: 1 },
  'POST /chat/:chat_id/question/stream': { messages: 2, answers: 1 },
  'POST /chat/:chat_id/question/answer': { messages: 2 },
  'POST /brains': { projects: 1, project_members: 1 },
  'POST /brains/:brain_id/default': {},
  'POST /brains/:brain_id/subscribe': { project_members: 1 },
  'POST /brains/:brain_id/unsubscribe': { project_members: -1 },
  'POST /upload': { sources: 1, jobs: 1 },
  'POST /crawl': { sources: 1, jobs: 1 },
  'POST /api-key': { api_keys: 1 },
  'POST /prompts': { prompts: 1 },
}

/** Its data source is an upload, which has nothing to be synced with. */
const refused = `POST ${project}/data-sources/:data_source_id/sync`

let keys = 0
function aKey(): { readonly 'idempotency-key': string } {
  return { 'idempotency-key': `key ${++keys}` }
}

function isReplayed({ headers }: TestResponse): boolean {
  return headers.get('idempotent-replayed') === 'true'
}

/** Without how long a search took and how many segments it found, which runs again. */
function textOf({ text }: TestResponse): string {
  return text.replaceAll(/"(ms|segments)":[\d.]+/g, '"$1":0')
}

function brief(answer: TestResponse): string {
  return `${answer.status}${isReplayed(answer) ? ' replayed' : ''} ${answer.text.slice(0, 500)}`
}

/** Names of things, wherever they stand in an answer. */
function idsIn({ text }: TestResponse): readonly string[] {
  return [...new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g))].sort()
}

describe.each(engines)('a POST with an Idempotency-Key on %s', (engine) => {
  let place: DatabasePlace
  let models: ModelServer
  /** The same one twice on SQLite, two nodes on PostgreSQL. */
  let nodes: readonly [TestApp, TestApp]
  let app: TestApp
  let db: Database
  let ada: Owner
  let bob: Owner

  beforeAll(async () => {
    place = await createTestDatabase(engine)
    models = await startModelServer()
    models.script(['It weighs 4170 kilograms.'])
    const env = { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' }
    app = await startTestApp({ place, env })
    nodes = [app, engine === 'sqlite' ? app : await startTestApp({ place, env })]
    db = await openDatabase(app.config)
    ada = await anOwner(app, 'ada')
    bob = await anOwner(app, 'bob')
    // Every user's home project, made now and not by what is counted.
    for (const { call } of [ada, bob]) await call('GET', '/brains/default')
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    for (const node of new Set(nodes)) await node[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  function sender({ url, shape }: TableRequest) {
    const isPublicBrain = url.endsWith('subscribe')
    const ids = isPublicBrain ? { ...ada.ids, brain_id: bob.ids.brain_id } : ada.ids
    const isForAdministrators = url === '/v1/users' || url.endsWith('/sign-in-link')
    const key = isForAdministrators ? app.adminKey : ada.key
    const type = shape.form === undefined ? { 'content-type': 'application/json' } : {}
    return async (node: TestApp, request: TableRequest, headers: Record<string, string>, file?: number) => {
      const { path, body } = fillRequest(request, ids, file)
      return node.as(key)('POST', path, body, body === undefined ? headers : { ...type, ...headers })
    }
  }

  it('is known of every route that there is', () => {
    const posts = guardedRoutes(app.app.server.routeList).filter(
      ({ method, url }) => method === 'POST' && url !== '/v1/auth/password',
    )
    expect(Object.keys(made).toSorted()).toEqual(posts.map(routeName).toSorted())
  })

  it('makes nothing twice: not at once, not again, not after its node died, not with another body', async () => {
    await bob.call('PUT', `/brains/${bob.ids.brain_id}`, { status: 'public' })
    const idle = async () => {
      for (const { app: node } of nodes) await node.jobs.idle()
    }
    // A search that is run again finds the same only when nothing is being indexed.
    await idle()
    const failures: unknown[] = []
    const order = Object.keys(made).filter((name) => name !== refused)
    const requests = tableRequests().filter(({ name }) => order.includes(name))
    for (const request of requests.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))) {
      const { name } = request
      const post = sender(request)
      const key = aKey()
      const file = 1_000_000 + keys
      const expected = made[name] ?? {}
      const before = await countRows(db)
      const [first, beside] = await Promise.all(nodes.map((node) => post(node, request, key, file)))
      if (first === undefined || beside === undefined) throw new Error('two were sent')
      const again = await post(nodes[1], request, key, file)
      // On SQLite a job of the same process may hold the database, and would wait for this thread.
      await idle()
      await rewind(db, 'a node that is dead')
      const takenOver = await post(nodes[0], request, key, file)
      const shape = { ...request.shape, body: { ...(request.shape.body ?? {}), name: 'Another' } }
      const other = await post(nodes[0], { ...request, shape }, key, file + 500_000)
      const after = await countRows(db, before)
      const isRight =
        first.status >= 200 &&
        first.status < 300 &&
        [beside, again].every((one) => one.status === first.status && textOf(one) === textOf(first)) &&
        [first, beside].filter(isReplayed).length === 1 &&
        isReplayed(again) &&
        takenOver.status === first.status &&
        JSON.stringify(idsIn(takenOver)) === JSON.stringify(idsIn(first)) &&
        other.status === 422 &&
        other.body.code === 'idempotency_key_reused'
      if (!isRight) failures.push({ name, answers: [first, beside, again, takenOver, other].map(brief) })
      expect(after, name).toEqual(expected)
    }
    expect(failures).toEqual([])
  })

  it('is each user’s own, and each scope’s', async () => {
    const key = aKey()
    const one = await ada.call('POST', '/chat', { name: 'one' }, key)
    const two = await bob.call('POST', '/chat', { name: 'two' }, key)
    const { api_key: chatKey } = (await ada.call('POST', '/api-key', { only_chat: true })).body
    const three = await app.as(chatKey)('POST', '/chat', { name: 'three' }, key)
    expect([one, two, three].map(({ status, body }) => [status, body.chat_name])).toEqual([
      [200, 'one'],
      [200, 'two'],
      [200, 'three'],
    ])
    expect([one, two, three].map(isReplayed)).toEqual([false, false, false])
  })

  it('shows a secret again to who sends the key again, and to nobody who reads the database', async () => {
    const key = aKey()
    const path = `/v1/users/${ada.id}/api-keys`
    const first = await ada.call('POST', path, { name: 'secret' }, key)
    const again = await ada.call('POST', path, { name: 'secret' }, key)
    expect(again.text).toBe(first.text)
    expect((await app.as(first.body.key)('GET', '/v1/me')).status).toBe(200)
    const rows = await db.query.selectFrom('idempotency_keys').selectAll().execute()
    expect(rows.filter(({ body }) => body !== null).length).toBeGreaterThan(0)
    const stored = rows.map((row) => JSON.stringify(row) + Buffer.from(row.body ?? []).toString('latin1')).join()
    expect(stored).not.toContain(first.body.key)
    expect(stored).not.toContain(key['idempotency-key'])
  })

  it('is forgotten after a day', async () => {
    const key = aKey()
    const first = await ada.call('POST', '/prompts', { title: 't', content: 'c' }, key)
    const created_at = new Date(Date.now() - 24 * 3_600_000 - 1_000).toISOString()
    // Written once by the server; only here does time pass faster.
    await db.query
      .updateTable('idempotency_keys')
      .set({ created_at: created_at as never })
      .execute()
    const next = await ada.call('POST', '/prompts', { title: 'other', content: 'c' }, key)
    expect([next.status, isReplayed(next)]).toEqual([200, false])
    expect(next.body.id).not.toBe(first.body.id)
  })

  it('is refused when it is no key, and nothing is made', async () => {
    const before = await countRows(db)
    for (const value of ['', 'x'.repeat(256), 'clé', 'a\tb']) {
      for (const path of ['/chat', `/v1/projects/${ada.ids.project_id}/chats`]) {
        const { status, body } = await ada.call('POST', path, { name: 'c' }, { 'idempotency-key': value })
        expect([status, body.detail[0].loc], value).toEqual([422, ['header', 'idempotency-key']])
      }
    }
    expect(await countRows(db, before)).toEqual({})
    const longest = await ada.call('POST', '/chat', { name: 'c' }, { 'idempotency-key': 'x'.repeat(255) })
    expect(longest.status).toBe(200)
  })

  it('can be used again for a mended request after one that was refused', async () => {
    const key = aKey()
    const create = (body: object) => ada.call('POST', '/v1/projects', body, key)
    expect((await create({ name: '', organization_id: 'acme' })).status).toBe(422)
    expect((await create({ name: 'Project of ada', organization_id: 'acme' })).status).toBe(409)
    const mended = await create({ name: 'Another of ada', organization_id: 'acme' })
    expect(mended.status).toBe(201)
    expect((await create({ name: 'Another of ada', organization_id: 'acme' })).text).toBe(mended.text)
  })

  it('whose first request still runs is sent away after a while, and told when to come back', async () => {
    const key = aKey()
    const create = () => ada.call('POST', '/prompts', { title: 't', content: 'c' }, key)
    const first = await create()
    const before = await countRows(db)
    const { name } = await db.query.selectFrom('nodes').select('name').executeTakeFirstOrThrow()
    await keepRunning(db, name, 60_000)
    const refused = await create()
    expect([refused.status, refused.body.code]).toEqual([409, 'idempotency_key_in_use'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(10)
    const waiting = create()
    await endLease(db)
    expect((await waiting).text).toBe(first.text)
    expect(await countRows(db, before)).toEqual({})
  }, 40_000)

  it('does not make anew what was deleted since', async () => {
    const person = await aPerson(app, 'eve')
    const home = (await person.call('GET', '/brains/default')).body.id
    const chat = await aChat(person)
    const key = aKey()
    const ask = () => person.call('POST', `/chat/${chat}/question`, { question: 'How heavy?' }, key)
    const { message_id } = (await ask()).body
    const messages = `/v1/projects/${home}/chats/${chat}/messages`
    const { parent_id } = (await person.call('GET', `${messages}/${message_id}`)).body
    for (const id of [message_id, parent_id]) {
      expect((await person.call('DELETE', `${messages}/${id}`)).status).toBe(200)
    }
    const again = await ask()
    expect([again.status, again.body.code]).toEqual([404, 'message_not_found'])
    expect((await person.call('GET', messages)).body.messages).toEqual([])
  })

  it('keeps no answer over a megabyte, and finds what was made instead', async () => {
    const key = aKey()
    const body = { type: 'github', name: 'Code', configuration: { note: 'x'.repeat(1_500_000) } }
    const create = () => ada.call('POST', `/v1/projects/${ada.ids.project_id}/data-sources`, body, key)
    const first = await create()
    const before = await countRows(db)
    const again = await create()
    expect([first.status, again.status, isReplayed(again)]).toEqual([201, 201, true])
    expect(again.text).toBe(first.text)
    expect(await countRows(db, before)).toEqual({})
    const rows = await db.query.selectFrom('idempotency_keys').select('body').execute()
    expect(Math.max(...rows.map((row) => row.body?.length ?? 0))).toBeLessThan(1_100_000)
  })

  describe('that asks', () => {
    let person: Person
    let path: string
    beforeAll(async () => {
      person = await aPerson(app, 'carol')
      const { body } = await person.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
      const chat = (await person.call('POST', `/v1/projects/${body.id}/chats`, { name: 'c' })).body.id
      path = `/v1/projects/${body.id}/chats/${chat}/messages`
    })

    /** Sends, reads the first bytes, and hangs up. */
    async function cutOff(url: string, body: object, headers: Record<string, string>): Promise<string> {
      const hangUp = new AbortController()
      const authorization = `Bearer ${person.key}`
      const response = await fetch(app.url + url, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: hangUp.signal,
      })
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      while (!text.includes('w3')) {
        const { value, done } = (await reader?.read()) ?? { done: true }
        if (done) throw new Error(`The stream ended early: ${response.status} ${text}`)
        text += value
      }
      hangUp.abort()
      return text
    }

    const words = Array.from({ length: 30 }, (_, index) => `w${index} `)

    it('and streams is sent the same answer from its start, with one call of the model', async () => {
      models.script([{ text: words, tokenDelayMs: 40 }])
      const calls = models.requests.length
      const headers = { ...aKey(), accept: 'text/event-stream' }
      const seen = await cutOff(path, { content: 'How heavy?' }, headers)
      const again = await nodes[1].as(person.key)('POST', path, { content: 'How heavy?' }, headers)
      expect([again.status, isReplayed(again)]).toEqual([200, true])
      expect(again.text.startsWith(seen.slice(0, seen.lastIndexOf('\n\n')))).toBe(true)
      const text = parseEvents(again.text).map(({ data }) => (data.type === 'message_chunk' ? data.content : ''))
      expect(again.text).toContain('w29')
      expect(text.length).toBeGreaterThan(1)
      expect(again.headers.get('x-assistant-message-id')).toBeTruthy()
      expect(models.requests.length - calls).toBe(1)
      expect((await person.call('GET', path)).body.messages).toHaveLength(2)
    })

    it('and streams in Quivr’s words is, too', async () => {
      models.script([{ text: words, tokenDelayMs: 40 }])
      const chat = await aChat(person)
      const calls = models.requests.length
      const key = aKey()
      const url = `/chat/${chat}/question/stream`
      await cutOff(url, { question: 'How heavy?' }, key)
      const again = await nodes[1].as(person.key)('POST', url, { question: 'How heavy?' }, key)
      expect([again.status, isReplayed(again)]).toEqual([200, true])
      expect(again.text).toContain('"w0"')
      expect(again.text).toContain('w29')
      expect(models.requests.length - calls).toBe(1)
      expect((await person.call('GET', `/chat/${chat}/history`)).body).toHaveLength(1)
    })

    it('gets the failure of its answer again, not another answer', async () => {
      models.script([{ status: 400, error: 'no such thing' }])
      const chat = await aChat(person)
      const calls = models.requests.length
      const key = aKey()
      const ask = () => person.call('POST', `/chat/${chat}/question`, { question: 'How heavy?' }, key)
      const first = await ask()
      const again = await ask()
      expect([first.status, again.status]).toEqual([502, 502])
      expect(again.body.detail).toBe(first.body.detail)
      expect(models.requests.length - calls).toBe(1)
      expect((await person.call('GET', `/chat/${chat}/history`)).body).toHaveLength(1)
    })

    it('is not needed by who asks the same twice at once: both are asked, in order', async () => {
      models.script(['It weighs 4170 kilograms.'])
      const chat = (await person.call('POST', path.replace(/\/[^/]+\/messages$/, ''), { name: 'twice' })).body.id
      const messages = path.replace(/[^/]+\/messages$/, `${chat}/messages`)
      const sent = await Promise.all(
        nodes.map((node) => node.as(person.key)('POST', messages, { content: 'How heavy?' })),
      )
      expect(sent.map(({ status }) => status)).toEqual([201, 201])
      const { body } = await until(
        () => person.call('GET', messages),
        (page) => page.body.messages.every((one: { status: string }) => one.status === 'completed'),
      )
      const shown = body.messages.map(({ role, content }: { role: string; content: string }) => [role, content])
      const pair = [
        ['user', 'How heavy?'],
        ['assistant', 'It weighs 4170 kilograms.'],
      ]
      expect(shown).toEqual([...pair, ...pair])
    })
  })

  describe('that uploads', () => {
    it('is the same whatever the boundary, and another when a name or a byte differs', async () => {
      const path = `/v1/projects/${ada.ids.project_id}/data-sources/upload`
      const key = aKey()
      const form = (name: string, text: string) => {
        const made = new FormData()
        made.append('a', new File([text], name))
        made.append('b', new File([`${text} too`], 'second.txt'))
        return made
      }
      const first = await ada.call('POST', path, form('first.txt', 'bells'), key)
      expect([first.status, first.body.data_sources.length]).toEqual([201, 2])
      const again = await ada.call('POST', path, form('first.txt', 'bells'), key)
      expect(again.text).toBe(first.text)
      for (const other of [form('other.txt', 'bells'), form('first.txt', 'bell')]) {
        expect((await ada.call('POST', path, other, key)).body.code).toBe('idempotency_key_reused')
      }
    })

    it('and breaks off leaves the key to the whole upload', async () => {
      const path = `/v1/projects/${ada.ids.project_id}/data-sources/upload`
      const key = aKey()
      const whole =
        '--x\r\ncontent-disposition: form-data; name="file"; filename="cut.txt"\r\n\r\nOne bell.\r\n' +
        // Long enough that the first file is read before the break is.
        `--x\r\ncontent-disposition: form-data; name="file"; filename="cut-2.txt"\r\n\r\n${'Two bells. '.repeat(100_000)}\r\n--x--\r\n`
      const headers = { ...key, 'content-type': 'multipart/form-data; boundary=x' }
      const before = await countRows(db)
      const cut = await ada.call('POST', path, whole.slice(0, 900_000), headers)
      expect(cut.status).toBe(400)
      expect(await countRows(db, before)).toEqual({})
      const sent = await ada.call('POST', path, whole, headers)
      expect([sent.status, sent.body.data_sources.length]).toEqual([201, 2])
    })

    it('in Quivr’s words is stored once', async () => {
      const { id } = (await ada.call('POST', '/brains', { name: 'Handbook' })).body
      const key = aKey()
      const add = () => ada.call('POST', `/upload?brain_id=${id}`, aFile('once.txt', 'Only once.'), key)
      expect([(await add()).status, (await add()).status]).toEqual([200, 200])
      expect((await ada.call('GET', `/knowledge?brain_id=${id}`)).body.knowledges).toHaveLength(1)
    })
  })

  it('is gone with its user', async () => {
    const person = await aPerson(app, 'dora')
    await person.call('POST', '/chat', { name: 'c' }, aKey())
    const find = () =>
      // The server's own answer.
      db.query
        .selectFrom('idempotency_keys')
        .select('key_hash')
        .where('user_id', '=', person.id as UserId)
        .execute()
    expect(await find()).toHaveLength(1)
    expect((await app.call('DELETE', `/v1/users/${person.id}`)).status).toBe(200)
    expect(await find()).toEqual([])
  })
})

describe('an Idempotency-Key', () => {
  it('may be sent by a browser, which may read whether the answer is a repetition', async () => {
    await using app = await startTestApp()
    const asked = await app.as(undefined)('OPTIONS', '/chat', undefined, {
      origin: 'https://example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    })
    expect(asked.headers.get('access-control-allow-headers')).toContain('idempotency-key')
    const { headers } = await app.call('POST', '/chat', { name: 'c' }, { origin: 'https://example.com', ...aKey() })
    expect(headers.get('access-control-expose-headers')).toContain('idempotent-replayed')
  })

  it('lets a question count once against the questions of a day, however often it is sent', async () => {
    await using app = await startTestApp({ env: { QUORY_DAILY_QUESTIONS: '1' } })
    await using db = await openDatabase(app.config)
    const chat = await aChat(app)
    const ask = (headers: Record<string, string>) =>
      app.call('POST', `/chat/${chat}/question`, { question: 'How heavy?' }, headers)
    const key = aKey()
    const first = await ask(key)
    expect([first.status, (await ask(aKey())).status]).toEqual([200, 429])
    expect((await ask(key)).text).toBe(first.text)
    await rewind(db, 'a node that is dead')
    expect((await ask(key)).text).toBe(first.text)
    const { questions } = await db.query.selectFrom('question_counts').select('questions').executeTakeFirstOrThrow()
    expect(questions).toBe(1)
  })

  it('is taken as it is on other methods: not at all', async () => {
    await using app = await startTestApp()
    await using db = await openDatabase(app.config)
    const chat = await aChat(app)
    const key = aKey()
    for (const name of ['one', 'two']) {
      const { status, body } = await app.call('PUT', `/chat/${chat}/metadata`, { chat_name: name }, key)
      expect([status, body.chat_name]).toEqual([200, name])
    }
    expect(await db.query.selectFrom('idempotency_keys').select('key_hash').execute()).toEqual([])
  })

  it('has no effect on the answer of a form that is sent as JSON, or of JSON sent as a form', async () => {
    await using app = await startTestApp()
    const project = (await app.call('GET', '/v1/me')).body.default_project_id
    const key = aKey()
    const refused = await app.call('POST', `/v1/projects/${project}/data-sources/upload`, { file: 'x' }, key)
    expect([refused.status, refused.body.code]).toEqual([415, 'unsupported_media_type'])
    const form = () => aFile('notes.txt', 'A form')
    const keyed = () => app.call('POST', '/api-key', form(), aKey())
    const unkeyed = await app.call('POST', '/api-key', form())
    expect((await keyed()).status).toBe(unkeyed.status)
  })
})
