import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/databases.ts'
import { aBrain, aChat, aFile, aPerson, type Person } from '../support/quivr-people.ts'
import { startTestApp, type TestApp, until } from '../support/start-test-app.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/
const unknown = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const noPermission = "You don't have permission for this brain"

async function upload(person: Pick<Person, 'call'>, brain: string, name: string, text: string) {
  return await person.call('POST', `/upload?brain_id=${brain}`, aFile(name, text))
}

/** The brain's files, when all of them were read. */
async function readFiles({ call }: Pick<Person, 'call'>, brain: string) {
  const { body } = await until(
    () => call('GET', `/knowledge?brain_id=${brain}`),
    ({ body }) => body.knowledges.every(({ status }: { status: string }) => status === 'connected'),
  )
  return body.knowledges
}

/** The contract's neighbours of the chat: brains, files, keys, prompts, users. */
describe.each(engines)('Quivr’s brains on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it('a user has no brain until one is made or asked for, which is then the default', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    for (const path of ['/brains', '/brains/', '//brains']) {
      const { status, body } = await ada.call('GET', path)
      expect([path, status, body]).toEqual([path, 200, { brains: [] }])
    }
    const made = await ada.call('GET', '/brains/default/')
    expect(made.body).toEqual({ id: expect.stringMatching(uuid), name: 'Default brain', rights: 'Owner' })
    expect((await ada.call('GET', '/brains')).body.brains).toEqual([
      { ...made.body, status: 'private', brain_type: 'doc' },
    ])
    const brain = await aBrain(grace)
    expect((await grace.call('GET', '/brains/default')).body.id).toBe(brain)
  })

  it('a brain is made with what it answers with, read, changed and made the default', async () => {
    const ada = await aPerson(app, 'ada')
    await aBrain(ada)
    const made = await ada.call('POST', '/brains/', {
      name: 'Handbook',
      temperature: '0',
      max_tokens: 500,
      brain_type: 'doc',
      brain_definition: null,
      brain_secrets_values: {},
      connected_brains_ids: [],
      prompt_id: null,
    })
    expect([made.status, made.body]).toEqual([
      200,
      { id: expect.stringMatching(uuid), name: 'Handbook', rights: 'Owner' },
    ])
    const path = `/brains/${made.body.id}`
    const before = {
      brain_id: made.body.id,
      id: made.body.id,
      name: 'Handbook',
      description: 'This is a description',
      temperature: 0,
      model: null,
      max_tokens: 500,
      status: 'private',
      prompt_id: null,
      last_update: expect.stringMatching(time),
      brain_type: 'doc',
      brain_definition: null,
      connected_brains_ids: [],
    }
    expect((await ada.call('GET', `${path}/`)).body).toEqual(before)
    const changed = await ada.call('PUT', path, { description: 'For all', model: 'm', temperature: null })
    expect([changed.status, changed.body]).toEqual([200, { message: `Brain ${made.body.id} has been updated.` }])
    expect((await ada.call('GET', path)).body).toEqual({
      ...before,
      description: 'For all',
      model: 'm',
      temperature: null,
    })
    expect((await ada.call('POST', `${path}/default`)).body).toEqual({
      message: `Brain ${made.body.id} has been set as default brain.`,
    })
    expect((await ada.call('GET', '/brains/default')).body.id).toBe(made.body.id)
  })

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ brain_type: 'api' }, 'brain_type'],
    [{ connected_brains_ids: [unknown] }, 'connected_brains_ids'],
    [{ temperature: 3 }, 'temperature'],
    [{ status: 'secret' }, 'status'],
  ])('a brain of %j is refused', async (body, field) => {
    const { status, body: refused } = await app.call('POST', '/brains', body)
    expect([status, refused.detail[0]?.loc]).toEqual([422, ['body', field]])
    const brain = await aBrain(app)
    expect((await app.call('PUT', `/brains/${brain}`, body)).status).toBe(422)
  })

  it.each([
    ['GET', '', undefined],
    ['PUT', '', { name: 'x' }],
    ['POST', '/default', undefined],
    ['POST', '/documents', { question: 'x' }],
    ['GET', '/users', undefined],
    ['PUT', '/subscription', { email: 'a@b.c', rights: 'Viewer' }],
    ['DELETE', '/subscription', undefined],
    ['POST', '/subscribe', undefined],
    ['POST', '/unsubscribe', undefined],
  ])("%s of somebody else's brain%s is that of none", async (method, path, body) => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    for (const id of [await aBrain(ada), unknown]) {
      const response = await grace.call(method, `/brains/${id}${path}`, body)
      expect([response.status, response.body.detail]).toEqual([403, noPermission])
    }
    expect((await ada.call('GET', '/brains')).body.brains).toHaveLength(1)
  })

  it("a question to a brain of somebody else's is refused, and nothing is stored", async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const chat = await aChat(grace)
    for (const brain of [await aBrain(ada), unknown]) {
      for (const path of ['question', 'question/stream']) {
        const byQuery = await grace.call('POST', `/chat/${chat}/${path}?brain_id=${brain}`, { question: 'x' })
        const byBody = await grace.call('POST', `/chat/${chat}/${path}`, { question: 'x', brain_id: brain })
        for (const { status, body } of [byQuery, byBody]) expect([status, body.detail]).toEqual([403, noPermission])
      }
    }
    expect((await grace.call('GET', `/chat/${chat}/history`)).body).toEqual([])
  })

  it('an uploaded file is found, quoted with its place, listed, and deleted', async () => {
    const ada = await aPerson(app, 'ada')
    const brain = await aBrain(ada)
    const text = 'The observatory on Mount Quill opened in 1931. Its telescope weighs nine tons.'
    const sent = await upload(ada, brain, 'quill.txt', text)
    expect([sent.status, sent.body]).toEqual([200, { message: 'File processing has started.' }])
    const [file] = await readFiles(ada, brain)
    expect(file).toMatchObject({ brain_id: brain, file_name: 'quill.txt', url: null, extension: '.txt', error: null })

    const again = await upload(ada, brain, 'copy.txt', text)
    expect([again.status, again.body.detail, again.body.code]).toEqual([
      403,
      'File copy.txt already exists in storage.',
      'data_source_exists',
    ])

    const chat = await aChat(ada)
    const question = 'When did the observatory on Mount Quill open?'
    const { body } = await ada.call('POST', `/chat/${chat}/question?brain_id=${brain}`, { question })
    expect(body.assistant).toContain('1931')
    expect(body).toMatchObject({ brain_id: brain, brain_name: 'Handbook' })
    const [citation] = body.metadata.citations
    expect(text.slice(citation.start, citation.end)).toBe(citation.quote)
    expect(body.metadata.sources).toEqual([
      {
        name: 'quill.txt',
        type: 'file',
        original_file_name: 'quill.txt',
        source_url: `/v1/projects/${brain}/data-sources/${file.id}/content`,
        document_id: citation.document_id,
      },
    ])
    expect((await ada.call('GET', body.metadata.sources[0].source_url)).text).toBe(text)

    const found = await ada.call('POST', `/brains/${brain}/documents`, { question })
    expect(found.body.docs).toEqual([
      expect.objectContaining({ file_name: 'quill.txt', file_id: file.id, file_size: Buffer.byteLength(text) }),
    ])
    const { signedURL } = (await ada.call('GET', `/knowledge/${file.id}/signed_download_url`)).body
    const fetched = await fetch(signedURL)
    expect([fetched.status, await fetched.text()]).toEqual([200, text])
    expect(fetched.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''quill.txt")
    for (const forged of [
      signedURL.replace(/expires=\d+/, 'expires=99999999999'),
      signedURL.replace(brain, unknown),
      signedURL.replace(file.id, unknown),
      signedURL.slice(0, -1),
    ]) {
      expect([forged, (await fetch(forged)).status]).toEqual([forged, 403])
    }

    const deleted = await ada.call('DELETE', `/knowledge/${file.id}?brain_id=${brain}`)
    expect(deleted.body).toEqual({ message: `quill.txt of brain ${brain} has been deleted by user ${ada.email}.` })
    expect((await fetch(signedURL)).status).toBe(404)
    expect((await ada.call('DELETE', `/knowledge/${file.id}?brain_id=${brain}`)).status).toBe(404)
    expect((await ada.call('GET', `/knowledge?brain_id=${brain}`)).body).toEqual({ knowledges: [] })
    expect((await ada.call('POST', `/brains/${brain}/documents`, { question })).body).toEqual({ docs: [] })
  })

  it('the default brain answers when none is named, and is shown once it holds something', async () => {
    const ada = await aPerson(app, 'ada')
    const brain = await aBrain(ada, { name: 'Mine' })
    const chat = await aChat(ada)
    const ask = async (body: object) =>
      (await ada.call('POST', `/chat/${chat}/question?brain_id=`, { question: 'Who keeps the lighthouse?', ...body }))
        .body
    expect(await ask({})).toMatchObject({ brain_id: null, brain_name: null })
    await upload(ada, brain, 'keeper.txt', 'Marta Quist keeps the lighthouse at Skagen.')
    await readFiles(ada, brain)
    const answered = await ask({})
    expect(answered).toMatchObject({ brain_id: brain, brain_name: 'Mine' })
    expect(answered.assistant).toContain('Marta Quist')
    const other = await aBrain(ada, { name: 'Other' })
    expect(await ask({ brain_id: other })).toMatchObject({ brain_id: other, brain_name: 'Other' })
  })

  it('files of a brain are for those who may use it', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const brain = await aBrain(ada)
    await upload(ada, brain, 'a.txt', 'Some text of hers.')
    const [file] = await readFiles(ada, brain)
    for (const id of [brain, unknown]) {
      for (const response of [
        await upload(grace, id, 'b.txt', 'x'),
        await grace.call('GET', `/knowledge?brain_id=${id}`),
        await grace.call('DELETE', `/knowledge/${file.id}?brain_id=${id}`),
      ]) {
        expect([response.status, response.body.detail]).toEqual([403, noPermission])
      }
    }
    for (const id of [file.id, unknown]) {
      const response = await grace.call('GET', `/knowledge/${id}/signed_download_url`)
      expect([response.status, response.body.detail]).toEqual([404, 'Knowledge not found'])
    }
    expect((await ada.call('GET', `/knowledge?brain_id=${brain}`)).body.knowledges).toHaveLength(1)
  })

  it('an upload without its file, or without a form, is refused', async () => {
    const brain = await aBrain(app)
    const form = new FormData()
    form.append('other', new File(['x'], 'x.txt'))
    const missing = await app.call('POST', `/upload?brain_id=${brain}`, form)
    expect([missing.status, missing.body.detail[0].loc]).toEqual([422, ['body', 'uploadFile']])
    expect((await app.call('POST', `/upload?brain_id=${brain}`, {})).status).toBe(422)
    expect((await app.call('POST', `/upload?brain_id=${brain}`, { uploadFile: 'x' })).status).toBe(415)
    const nowhere = await app.call('POST', '/upload', aFile('a.txt', 'x'))
    expect([nowhere.status, nowhere.body.detail[0].loc]).toEqual([422, ['query', 'brain_id']])
  })

  it('a public brain may be found, read, asked, joined and left by anybody, and changed by none of them', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const brain = await aBrain(ada, { name: 'Atlas', status: 'public' })
    const listed = (await grace.call('GET', '/brains/public')).body.find(({ id }: { id: string }) => id === brain)
    expect(listed).toEqual({
      id: brain,
      name: 'Atlas',
      description: 'This is a description',
      number_of_subscribers: 1,
      last_update: expect.stringMatching(time),
      brain_type: 'doc',
      brain_definition: null,
    })
    expect((await grace.call('GET', `/brains/${brain}`)).body.name).toBe('Atlas')
    const chat = await aChat(grace)
    const asked = await grace.call('POST', `/chat/${chat}/question?brain_id=${brain}`, { question: 'x' })
    expect([asked.status, asked.body.brain_name]).toEqual([200, 'Atlas'])
    expect((await grace.call('PUT', `/brains/${brain}`, { name: 'x' })).status).toBe(403)

    expect((await grace.call('POST', `/brains/${brain}/subscribe`)).status).toBe(200)
    expect((await grace.call('GET', '/brains')).body.brains).toContainEqual({
      id: brain,
      name: 'Atlas',
      rights: 'Viewer',
      status: 'public',
      brain_type: 'doc',
    })
    const asViewer = await grace.call('PUT', `/brains/${brain}`, { name: 'x' })
    expect([asViewer.status, asViewer.body.detail]).toEqual([403, "You don't have the required role(s) for this brain"])
    const rights = { email: grace.email, rights: 'Editor' }
    expect((await ada.call('PUT', `/brains/${brain}/subscription`, rights)).status).toBe(200)
    expect((await ada.call('GET', `/brains/${brain}/users`)).body).toEqual(
      expect.arrayContaining([{ email: ada.email, rights: 'Owner' }, rights]),
    )
    expect((await grace.call('PUT', `/brains/${brain}`, { name: 'Atlas 2' })).status).toBe(200)
    expect((await grace.call('POST', `/brains/${brain}/unsubscribe`)).status).toBe(200)
    expect((await ada.call('GET', `/brains/${brain}/users`)).body).toHaveLength(1)
    const stranger = await ada.call('PUT', `/brains/${brain}/subscription`, rights)
    expect(stranger.status).toBe(404)
  })

  it('the last owner who leaves deletes the brain; one’s own first brain stays', async () => {
    const ada = await aPerson(app, 'ada')
    const brain = await aBrain(ada)
    await upload(ada, brain, 'a.txt', 'Some text.')
    const left = await ada.call('DELETE', `/brains/${brain}/subscription`)
    expect([left.status, left.body]).toEqual([
      200,
      { message: `Subscription removed successfully from brain ${brain}` },
    ])
    expect((await ada.call('GET', `/brains/${brain}`)).status).toBe(403)
    const home = (await ada.call('GET', '/brains/default')).body.id
    expect((await ada.call('DELETE', `/brains/${home}/subscription`)).status).toBe(409)
  })

  it('20. a key is made, works, is listed, is deleted, and works no more', async () => {
    const ada = await aPerson(app, 'ada')
    const made = await ada.call('POST', '/api-key')
    expect([made.status, made.body]).toEqual([
      200,
      {
        api_key: expect.stringMatching(/^[0-9a-f]{32}$/),
        key_id: expect.stringMatching(uuid),
        days: 0,
        only_chat: false,
        name: 'api_key',
        creation_time: expect.stringMatching(time),
        is_active: true,
      },
    ])
    const { api_key: key, key_id: keyId, creation_time: createdAt } = made.body
    const withKey = app.as(key)
    expect((await withKey('GET', '/chat')).status).toBe(200)
    expect((await ada.call('GET', '/api-keys')).body).toContainEqual({ key_id: keyId, creation_time: createdAt })
    expect((await app.call('DELETE', `/api-key/${keyId}`)).status).toBe(404)
    expect((await ada.call('DELETE', `/api-key/${keyId}`)).body).toEqual({ message: 'API key deleted.' })
    const refused = await withKey('GET', '/chat')
    expect([refused.status, refused.body.detail]).toEqual([401, 'Invalid token or api key.'])
    expect((await ada.call('GET', '/api-keys')).body).toHaveLength(1)
    expect((await ada.call('DELETE', `/api-key/${keyId}`)).status).toBe(404)
  })

  it('a key for chatting asks, and changes nothing else', async () => {
    const ada = await aPerson(app, 'ada')
    const { api_key: key } = (await ada.call('POST', '/api-key', { only_chat: true, days: 7, name: 'bot' })).body
    const call = app.as(key)
    const chat = await aChat({ call })
    expect((await call('POST', `/chat/${chat}/question`, { question: 'Hello' })).status).toBe(200)
    for (const [method, path, body] of [
      ['POST', '/brains', {}],
      ['POST', '/api-key', {}],
      ['POST', '/prompts', { title: 't', content: 'c' }],
      ['POST', `/upload?brain_id=${await aBrain(ada)}`, aFile('a.txt', 'x')],
    ] as const) {
      const { status, body: refused } = await call(method, path, body)
      expect([path, status, refused.code]).toEqual([path, 403, 'insufficient_scope'])
    }
  })

  it('prompts are read by their owner, and by everybody once public', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const { body: prompt } = await ada.call('POST', '/prompts', { title: 'Short', content: 'Be brief.' })
    expect(prompt).toEqual({
      id: expect.stringMatching(uuid),
      title: 'Short',
      content: 'Be brief.',
      status: 'private',
    })
    expect((await ada.call('GET', `/prompts/${prompt.id}`)).body).toEqual(prompt)
    for (const id of [prompt.id, unknown]) {
      const read = await grace.call('GET', `/prompts/${id}`)
      expect([read.status, read.text]).toEqual([200, 'null'])
      expect((await grace.call('PUT', `/prompts/${id}`, { title: 'x' })).status).toBe(404)
    }
    const published = await ada.call('PUT', `/prompts/${prompt.id}`, { title: null, status: 'public' })
    expect(published.body).toEqual({ ...prompt, status: 'public' })
    expect((await grace.call('GET', '/prompts')).body).toContainEqual(published.body)
    expect((await ada.call('GET', '/prompts/nonsense')).status).toBe(422)
  })

  it('a prompt is shown with the answer it was asked with', async () => {
    const [ada, grace] = [await aPerson(app, 'ada'), await aPerson(app, 'grace')]
    const prompt = (await ada.call('POST', '/prompts', { title: 'Short', content: 'Be brief.' })).body
    const chat = await aChat(ada)
    const ask = (body: object) => ada.call('POST', `/chat/${chat}/question`, { question: 'Hello', ...body })
    expect((await ask({ prompt_id: prompt.id })).body.prompt_title).toBe('Short')
    expect((await ask({ prompt_id: '' })).body.prompt_title).toBeNull()
    expect((await ask({ prompt_id: unknown })).status).toBe(404)
    const brain = await aBrain(ada, { prompt_id: prompt.id })
    expect((await ask({ brain_id: brain })).body).toMatchObject({ brain_id: brain, prompt_title: 'Short' })
    const theirs = await grace.call('POST', `/chat/${await aChat(grace)}/question`, {
      question: 'x',
      prompt_id: prompt.id,
    })
    expect(theirs.status).toBe(404)
  })

  it('a user sees who they are and what they used', async () => {
    const ada = await aPerson(app, 'ada')
    const brain = await aBrain(ada)
    await upload(ada, brain, 'a.txt', 'Twelve bytes')
    const { status, body } = await ada.call('GET', '/user')
    expect([status, body]).toEqual([
      200,
      {
        email: ada.email,
        max_brain_size: null,
        current_brain_size: 12,
        daily_chat_credit: null,
        requests_stats: [],
        models: ['quory/extractive'],
        date: expect.stringMatching(/^\d{8}$/),
        id: ada.id,
        is_premium: false,
      },
    ])
    const identity = { id: ada.id, user_id: ada.id, email: ada.email }
    expect((await ada.call('GET', '/user/identity')).body).toEqual(identity)
    expect((await ada.call('PUT', '/user/identity', { openai_api_key: '' })).body).toEqual(identity)
    const key = await ada.call('PUT', '/user/identity', { openai_api_key: 'sk-secret' })
    expect([key.status, key.body.detail[0].loc]).toEqual([422, ['body', 'openai_api_key']])
  })
})
