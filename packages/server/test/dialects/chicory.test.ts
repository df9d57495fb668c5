import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { parseEvents, startTestApp, type TestApp, until } from '../support/start-test-app.ts'

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const unknown = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'

/** Tests 1 to 18 of the contract; 19 and 20, on data, stand in chicory-data.test.ts, the 422 table in chicory-validation.test.ts. */
describe.each(engines)('Chicory on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  let names = 0
  const aProject = async () =>
    (await app.call('POST', '/v1/projects', { name: `p${++names}`, organization_id: 'o1' })).body.id as string
  const aChat = async (body: object = { name: 'c' }) => {
    const project = await aProject()
    const { id } = (await app.call('POST', `/v1/projects/${project}/chats`, body)).body
    return { project, chat: id as string, path: `/v1/projects/${project}/chats/${id}` }
  }

  it('1. health, an unknown route, a wrong method', async () => {
    const health = await app.as(undefined)('GET', '/v1/')
    expect(health.status).toBe(200)
    expect(health.body).toEqual({ message: expect.any(String) })
    const nope = await app.call('GET', '/v1/nope')
    expect(nope.status).toBe(404)
    expect(nope.body.detail).toBe('Not Found')
    const wrong = await app.call('PUT', `/v1/projects/${await aProject()}/chats`, {})
    expect(wrong.status).toBe(405)
    expect(wrong.body.detail).toBe('Method Not Allowed')
    expect(wrong.headers.get('allow')).toBe('GET, POST')
  })

  it('2. a project is made once per name and organization', async () => {
    const body = { name: 'Handbook', organization_id: 'o2' }
    const made = await app.call('POST', '/v1/projects', body)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ ...body, description: null, id: expect.stringMatching(uuid) })
    expect(made.body.created_at).toMatch(time)
    const again = await app.call('POST', '/v1/projects', body)
    expect(again.status).toBe(409)
    expect(again.body.detail).toBe("A project with name 'Handbook' already exists in this organization")
  })

  it('3. projects are listed by organization', async () => {
    await app.call('POST', '/v1/projects', { name: 'a', organization_id: 'o3' })
    await app.call('POST', '/v1/projects', { name: 'b', organization_id: 'o3' })
    const { status, body } = await app.call('GET', '/v1/projects?organization_id=o3')
    expect(status).toBe(200)
    expect(body.projects.map((project: { name: string }) => project.name)).toEqual(['a', 'b'])
  })

  it('4. a new chat has all eight fields', async () => {
    const project = await aProject()
    const { status, body } = await app.call('POST', `/v1/projects/${project}/chats`, { name: 'A' })
    const me = (await app.call('GET', '/v1/me')).body
    expect(status).toBe(201)
    // The owner is the label sent, and the user's id when none was: see docs/decisions.
    expect(body).toEqual({
      id: expect.stringMatching(uuid),
      project_id: project,
      name: 'A',
      description: null,
      owner: me.id,
      message_count: 0,
      created_at: expect.stringMatching(time),
      updated_at: body.created_at,
      // Ours beside the eight.
      is_named: true,
      is_running: false,
      leaf_id: null,
      pinned_at: null,
      archived_at: null,
      deleted_at: null,
    })
  })

  it('6. names count code points', async () => {
    const project = await aProject()
    const post = async (name: string) => (await app.call('POST', `/v1/projects/${project}/chats`, { name })).status
    expect(await post('x')).toBe(201)
    expect(await post('x'.repeat(100))).toBe(201)
    expect(await post('🦉'.repeat(100))).toBe(201)
    expect(await post('🦉'.repeat(101))).toBe(422)
  })

  it('7. a description of 500 characters is taken', async () => {
    const { path } = await aChat({ name: 'c', description: 'd'.repeat(500) })
    expect((await app.call('GET', path)).body.description).toHaveLength(500)
  })

  it('8. unknown fields are ignored', async () => {
    const { path } = await aChat({ name: 'A', x: 1 })
    expect((await app.call('GET', path)).body).not.toHaveProperty('x')
  })

  it('9. chats are listed by project and owner', async () => {
    const project = await aProject()
    await aChat()
    for (const owner of ['u1', 'u1', 'u2'])
      await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c', owner })
    const list = async (query: string) =>
      (await app.call('GET', `/v1/projects/${project}/chats${query}`)).body.chats.length
    expect(await list('')).toBe(3)
    expect(await list('?owner=u1')).toBe(2)
    expect(await list('?owner=zz')).toBe(0)
  })

  it('9a. a list without paging names its cap, and pages with a cursor', async () => {
    const project = await aProject()
    const made: string[] = []
    for (let index = 0; index < 5; index++) {
      made.push((await app.call('POST', `/v1/projects/${project}/chats`, { name: `c${index}` })).body.id)
    }
    const seen: string[] = []
    let query = '?limit=2'
    for (;;) {
      const { body, headers } = await app.call('GET', `/v1/projects/${project}/chats${query}`)
      seen.push(...body.chats.map((chat: { id: string }) => chat.id))
      expect(headers.get('x-list-cap')).toBe('1000')
      const cursor = headers.get('x-next-cursor')
      if (cursor === null) break
      // A chat that comes in between moves nothing that was listed.
      query = `?limit=2&cursor=${cursor}`
    }
    expect(seen).toEqual(made)
    expect((await app.call('GET', `/v1/projects/${project}/chats?cursor=nonsense`)).status).toBe(422)
  })

  it('10. a chat is read, and not found anywhere else', async () => {
    const { project, chat, path } = await aChat()
    const other = await aProject()
    const read = await app.call('GET', path)
    expect(read.body).toMatchObject({ id: chat, project_id: project })
    for (const elsewhere of [
      `/v1/projects/${project}/chats/${unknown}`,
      `/v1/projects/${other}/chats/${chat}`,
      `/v1/projects/${project}/chats/not-a-uuid`,
      `/v1/projects/${unknown}/chats/${chat}`,
    ]) {
      const { status, body } = await app.call('GET', elsewhere)
      expect({ status, detail: body.detail }).toEqual({ status: 404, detail: 'Chat not found' })
    }
  })

  it('10a. a chat in an unknown project is not made and not listed', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { name: 'c' }],
    ] as const) {
      const response = await app.call(method, `/v1/projects/${unknown}/chats`, body)
      expect(response.status).toBe(404)
      expect(response.body.detail).toBe(`Project with ID ${unknown} not found`)
    }
  })

  it('11. and 12. an update changes what it names', async () => {
    const { path } = await aChat({ name: 'A', description: 'd' })
    const before = (await app.call('GET', path)).body
    const changed = await app.call('PATCH', path, { name: 'B' })
    expect(changed.status).toBe(200)
    expect(changed.body).toEqual({ ...before, name: 'B', updated_at: changed.body.updated_at })
    expect(changed.body.updated_at > before.updated_at).toBe(true)
    expect((await app.call('GET', path)).body).toEqual(changed.body)
    for (const nothing of [{ owner: 'x' }, {}, { name: null }]) {
      const response = await app.call('PATCH', path, nothing)
      expect(response.status).toBe(200)
      expect(response.body).toEqual(changed.body)
    }
    for (const bad of [{ name: '' }, { name: 'x'.repeat(101) }, { description: 'x'.repeat(501) }]) {
      expect((await app.call('PATCH', path, bad)).status).toBe(422)
    }
    expect((await app.call('PATCH', path.replace(/[^/]+$/, unknown), { name: 'x' })).status).toBe(404)
  })

  it('13. a deleted chat is gone with all of it', async () => {
    const { project, chat, path } = await aChat()
    await app.call('POST', `${path}/messages`, { content: 'hi' })
    const deleted = await app.call('DELETE', path)
    expect(deleted.status).toBe(200)
    expect(deleted.body).toEqual({ message: 'Chat deleted successfully' })
    for (const gone of [path, `${path}/messages`, `${path}/stream`])
      expect((await app.call('GET', gone)).status).toBe(404)
    expect((await app.call('DELETE', path)).status).toBe(404)
    const list = (await app.call('GET', `/v1/projects/${project}/chats`)).body.chats
    expect(list.map((row: { id: string }) => row.id)).not.toContain(chat)
  })

  it('14. a message is stored with the answer to come', async () => {
    const { project, chat, path } = await aChat()
    const posted = await app.call('POST', `${path}/messages`, { content: 'hi', metadata: { from: 'test' } })
    expect(posted.status).toBe(201)
    expect(posted.body).toMatchObject({
      role: 'user',
      chat_id: chat,
      project_id: project,
      content: 'hi',
      status: 'completed',
    })
    expect(posted.body.metadata.from).toBe('test')
    expect((await app.call('GET', path)).body.message_count).toBe(2)
    const reply = `${path}/messages/${posted.body.metadata.assistant_message_id}`
    const done = await until(
      () => app.call('GET', reply),
      ({ body }) => body.status === 'completed',
    )
    expect(done.body).toMatchObject({ role: 'assistant', parent_id: posted.body.id, model: 'quory/extractive' })
    expect(done.body.completed_at).toMatch(time)
    const list = (await app.call('GET', `${path}/messages`)).body
    expect(list.messages.map((message: { role: string }) => message.role)).toEqual(['user', 'assistant'])
    expect(list.messages[0]).toEqual((await app.call('GET', `${path}/messages/${posted.body.id}`)).body)
  })

  it('15. a message needs content and a chat', async () => {
    const { project, path } = await aChat()
    const { status, body } = await app.call('POST', `${path}/messages`, {})
    expect({ status, loc: body.detail[0].loc }).toEqual({ status: 422, loc: ['body', 'content'] })
    const lost = await app.call('POST', `/v1/projects/${project}/chats/${unknown}/messages`, { content: 'a' })
    expect(lost.status).toBe(404)
  })

  it('16. messages page in both directions without gap or repeat', async () => {
    const { path } = await aChat()
    for (const content of ['1', '2', '3', '4', '5']) {
      await app.call('POST', `${path}/messages`, { content })
    }
    const page = async (query: string) => (await app.call('GET', `${path}/messages?${query}`)).body
    const all = (await page('')).messages.map((message: { id: string }) => message.id)
    expect(all).toHaveLength(10)
    const older: string[] = []
    for (let body = await page('limit=3'); ; body = await page(`limit=3&before=${older[0]}`)) {
      older.unshift(...body.messages.map((message: { id: string }) => message.id))
      if (!body.has_more) break
    }
    expect(older).toEqual(all)
    const newer: string[] = [all[0]]
    for (let body = await page(`limit=4&after=${newer.at(-1)}`); ; body = await page(`limit=4&after=${newer.at(-1)}`)) {
      newer.push(...body.messages.map((message: { id: string }) => message.id))
      if (!body.has_more) break
    }
    expect(newer).toEqual(all)
    expect((await app.call('GET', `${path}/messages?before=${all[0]}&after=${all[1]}`)).status).toBe(422)
    expect((await app.call('GET', `${path}/messages?before=${unknown}`)).status).toBe(422)
    expect((await app.call('GET', `${path}/messages?after=nonsense`)).status).toBe(422)
  })

  it('17. the stream shows the answer once, and resumes after the last number seen', async () => {
    const { path } = await aChat()
    const posted = await app.call('POST', `${path}/messages`, { content: 'hi' })
    const response = await app.call('GET', `${path}/stream`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events = parseEvents(response.text)
    expect(events[0]).toMatchObject({ event: 'message_start', data: { role: 'assistant' } })
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    const textOf = (list: typeof events) =>
      list.map(({ event, data }) => (event === 'message_chunk' ? data.content_chunk : '')).join('')
    const reply = `${path}/messages/${posted.body.metadata.assistant_message_id}`
    expect(textOf(events)).toBe((await app.call('GET', reply)).body.content)
    for (const { id } of events.slice(0, -1)) {
      const rest = parseEvents(
        (await app.call('GET', `${path}/stream`, undefined, { 'last-event-id': String(id) })).text,
      )
      expect(rest).toEqual(events.filter((event) => event.id > id))
    }
  })

  it('17a. a POST that accepts an event stream answers with it', async () => {
    const { path } = await aChat()
    const response = await app.call('POST', `${path}/messages`, { content: 'hi' }, { accept: 'text/event-stream' })
    const events = parseEvents(response.text)
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    expect(response.headers.get('x-assistant-message-id')).toBe(events[0]?.data.id)
  })

  it('18. a deleted message moves the count; a deleted project takes all of it', async () => {
    const { project, path } = await aChat()
    const { id } = (await app.call('POST', `${path}/messages`, { content: 'hi' })).body
    const deleted = await app.call('DELETE', `${path}/messages/${id}`)
    expect(deleted.status).toBe(200)
    expect(Object.values(deleted.body).every((value) => typeof value === 'string')).toBe(true)
    expect((await app.call('GET', `${path}/messages/${id}`)).status).toBe(404)
    expect((await app.call('GET', path)).body.message_count).toBe(1)
    const gone = await app.call('DELETE', `/v1/projects/${project}`)
    expect({ status: gone.status, text: gone.text }).toEqual({ status: 204, text: '' })
    for (const lost of [path, `/v1/projects/${project}`, `/v1/projects/${project}/chats`]) {
      expect((await app.call('GET', lost)).status).toBe(404)
    }
  })

  it('regenerates a reply beside the old one', async () => {
    const { path } = await aChat()
    const { metadata, id } = (await app.call('POST', `${path}/messages`, { content: 'hi' })).body
    const reply = `${path}/messages/${metadata.assistant_message_id}`
    await until(
      () => app.call('GET', reply),
      ({ body }) => body.status === 'completed',
    )
    const again = await app.call('POST', `${reply}/regenerate`)
    expect(again.status).toBe(201)
    expect(again.body).toMatchObject({ role: 'assistant', parent_id: id })
    const sibling = `${path}/messages/${again.body.id}`
    await until(
      () => app.call('GET', sibling),
      ({ body }) => body.status === 'completed',
    )
    expect((await app.call('GET', path)).body.message_count).toBe(3)
    expect((await app.call('GET', reply)).body.status).toBe('completed')
  })

  it('refuses a caller without a valid key', async () => {
    for (const key of [undefined, 'nonsense']) {
      const response = await app.as(key)('GET', '/v1/projects?organization_id=o1')
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    }
  })
})
