import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ChatBody, type ModelServer, startModelServer } from './support/model-server.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const lockers = 'Members have twelve lockers in the boat house.'
const key = 'The brass key hangs behind the door of the workshop.'
const begun = ['There ', 'are ', 'twelve ', 'lockers ', 'in ', 'the ', 'boat ', 'house ', '[1]. ', 'The ', 'brass ']

describe.each(engines)('an answer that ended early, on %s', (engine) => {
  let app: TestApp
  let model: ModelServer
  let project: string
  beforeAll(async () => {
    model = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' } })
    const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
    project = `/v1/projects/${body.id}`
    const form = aForm(['files', aFile(lockers), 'lockers.md'], ['files', aFile(key), 'key.md'])
    for (const { id } of (await app.call('POST', `${project}/data-sources/upload`, form)).body.data_sources) {
      await until(
        () => app.call('GET', `${project}/data-sources/${id}`),
        (source) => source.body.status === 'connected',
        25_000,
      )
    }
  }, 120_000)
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
  })

  /** Searches with its query first, then says its words. */
  function script(query: string, text: readonly string[], ending: 'finish' | 'break' | 'hang' = 'finish') {
    model.script((body: ChatBody) =>
      body.messages.at(-1)?.role === 'tool'
        ? { text, ending }
        : { toolCalls: [{ name: 'get_context', arguments: { query } }] },
    )
  }

  const ended = (path: string) =>
    until(
      () => app.call('GET', path),
      ({ body }) => ['completed', 'failed', 'cancelled'].includes(body.status),
      25_000,
    ).then(({ body }) => body)

  async function ask(): Promise<{ messages: string; id: string }> {
    const chat = (await app.call('POST', `${project}/chats`, { name: 'c' })).body.id
    const messages = `${project}/chats/${chat}/messages`
    const sent = await app.call('POST', messages, { content: 'How many lockers are there, and where is the key?' })
    return { messages, id: sent.body.metadata.assistant_message_id }
  }

  async function failHalfWay() {
    script('lockers', begun, 'break')
    const { messages, id } = await ask()
    const failed = await ended(`${messages}/${id}`)
    expect(failed).toMatchObject({ status: 'failed', citations: [{ id: '1', number: 1 }] })
    expect(failed.content).toContain('The brass')
    return { messages, id, failed }
  }

  it('is gone on from, with its citations, and new ones numbered on from there', async () => {
    const { messages, id, failed } = await failHalfWay()
    const asked = model.requests.length
    const more = ' key hangs behind the door of the workshop [2]. There are twelve lockers in the boat house [1].'
    script('brass key', [more])
    const made = await app.call('POST', `${messages}/${id}/regenerate`, { continue: true })
    expect(made).toMatchObject({ status: 201, body: { parent_id: failed.parent_id } })
    const whole = await ended(`${messages}/${made.body.id}`)
    expect(whole).toMatchObject({ status: 'completed', content: failed.content + more })
    expect(whole.citations[0]).toEqual(failed.citations[0])
    expect(whole.citations.map((citation: { number: number }) => citation.number)).toEqual([1, 2])
    expect(whole.citations[1].document_name).toBe('key.md')
    expect(whole.details.citations).toEqual({ found: 3, repaired: 0, dropped: 0 })
    const prompt = model.requests[asked]?.body.messages.at(-1)
    expect(prompt).toMatchObject({ role: 'user' })
    expect(prompt?.content).toMatch(/^How many lockers are there/)
    expect(prompt?.content?.endsWith(failed.content)).toBe(true)
    expect(prompt?.content).toContain(lockers)
    // What readers were sent is what is stored.
    const { text } = await app.call('GET', `${messages.replace(/messages$/, 'stream')}?message_id=${made.body.id}`)
    expect(text).toContain('event: message_complete')
    expect((await app.call('GET', `${messages}/${id}`)).body).toEqual(failed)
  })

  it('was cancelled: goes on, ends early again, and goes on from there', async () => {
    script('lockers', begun, 'hang')
    const { messages, id } = await ask()
    await until(
      () => app.call('GET', `${messages}/${id}`),
      ({ body }) => body.content.includes('brass'),
      25_000,
    )
    await app.call('POST', `${messages}/${id}/cancel`)
    let last = await ended(`${messages}/${id}`)
    expect(last.status).toBe('cancelled')
    for (const [text, ending, status] of [
      [' key hangs', 'break', 'failed'],
      [' behind the door.', 'finish', 'completed'],
    ] as const) {
      script('brass key', [text], ending)
      const { body } = await app.call('POST', `${messages}/${last.id}/regenerate`, { continue: true })
      const next = await ended(`${messages}/${body.id}`)
      expect(next).toMatchObject({ status, content: last.content + text, citations: last.citations })
      last = next
    }
  })

  it('has nothing to add when the model has not, and is made anew when that is asked for', async () => {
    const { messages, id, failed } = await failHalfWay()
    model.script([''])
    const { body } = await app.call('POST', `${messages}/${id}/regenerate`, { continue: true })
    expect(await ended(`${messages}/${body.id}`)).toMatchObject({ status: 'completed', content: failed.content })
    model.script(['Twelve.'])
    const anew = await app.call('POST', `${messages}/${id}/regenerate`, { continue: false })
    expect(await ended(`${messages}/${anew.body.id}`)).toMatchObject({ content: 'Twelve.', citations: [] })
    const extractive = { continue: true, model: 'quory/extractive' }
    const quoted = await app.call('POST', `${messages}/${id}/regenerate`, extractive)
    const { content, model: made } = await ended(`${messages}/${quoted.body.id}`)
    expect(made).toBe('quory/extractive')
    expect(content.startsWith(failed.content)).toBe(false)
  })

  it('is refused when it came to its end or never began, and nothing is stored', async () => {
    model.script(['All of it.'])
    const { messages, id } = await ask()
    await ended(`${messages}/${id}`)
    model.script(['reset'])
    const silent = await ask()
    expect(await ended(`${silent.messages}/${silent.id}`)).toMatchObject({ status: 'failed', content: '' })
    for (const path of [messages, silent.messages]) {
      const message = path === messages ? id : silent.id
      const refused = await app.call('POST', `${path}/${message}/regenerate`, { continue: true })
      expect(refused).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'continue'] }] } })
      expect(refused.text).toContain('there is nothing to continue')
      expect((await app.call('GET', path)).body.messages).toHaveLength(2)
    }
    expect(await app.call('POST', `${messages}/${id}/regenerate`, { continue: 'yes' })).toMatchObject({ status: 422 })
  })
})
