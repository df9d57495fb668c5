import { afterEach, describe, expect, it } from 'vitest'
import { pruneEvents } from '../src/answers/log/prune-events-store.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, type StreamEvent, startTestApp, type TestApp, until } from './support/start-test-app.ts'

/** Words that a test lets out one by one. */
function tap() {
  const waiting: ((word: string | undefined) => void)[] = []
  const words: (string | undefined)[] = []
  const give = (word: string | undefined) => {
    const next = waiting.shift()
    if (next === undefined) words.push(word)
    else next(word)
  }
  async function* text() {
    for (;;) {
      const word =
        words.length > 0 ? words.shift() : await new Promise<string | undefined>((resolve) => waiting.push(resolve))
      if (word === undefined) return
      yield word
    }
  }
  return { text: text(), say: (word: string) => give(word), end: () => give(undefined) }
}

const textOf = (events: readonly StreamEvent[]) =>
  events.map(({ event, data }) => (event === 'message_chunk' ? data.content_chunk : '')).join('')

/** Reads a live stream and lets the test see how far it is. */
async function follow(app: TestApp, path: string, after?: number) {
  const controller = new AbortController()
  const response = await fetch(app.url + path, {
    headers: {
      authorization: `Bearer ${app.adminKey}`,
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    },
    signal: controller.signal,
  })
  let text = ''
  let isEnded = false
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
  })()
    .catch(() => undefined)
    .finally(() => {
      isEnded = true
    })
  const events = () => parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2))
  return {
    events,
    cut: () => controller.abort(),
    waitFor: (shown: string) =>
      until(
        async () => textOf(events()),
        (now) => now === shown,
      ),
    ended: async () => {
      await until(async () => isEnded, Boolean)
      await reading
      return events()
    },
  }
}

describe.each(engines)('the life of an answer on %s', (engine) => {
  let app: TestApp
  let model: ModelServer
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
  })

  async function start(env: Record<string, string> = {}) {
    model = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test', ...env } })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    return `/v1/projects/${project}/chats/${chat}`
  }
  async function askIn(path: string, content = 'hi', body: object = {}) {
    const { metadata } = (await app.call('POST', `${path}/messages`, { content, ...body })).body
    return `${path}/messages/${metadata.assistant_message_id}`
  }

  it('shows every reader the same events, whenever they come', async () => {
    const path = await start()
    const words = tap()
    model.script([{ text: words.text }])
    const reply = await askIn(path)
    const first = await follow(app, `${path}/stream`)
    words.say('One')
    await first.waitFor('One')
    const seen = first.events()
    first.cut()
    words.say(' two')
    const second = await follow(app, `${path}/stream`, seen.at(-1)?.id)
    await second.waitFor(' two')
    const third = await follow(app, `${path}/stream`)
    await third.waitFor('One two')
    words.say(' three.')
    words.end()
    const rest = await second.ended()
    const whole = await third.ended()
    expect([...seen, ...rest]).toEqual(whole)
    expect(textOf(whole)).toBe('One two three.')
    expect(whole.map((event) => event.id)).toEqual(whole.map((_, index) => index + 1))
    const late = parseEvents((await app.call('GET', `${path}/stream`)).text)
    expect(late).toEqual(whole)
    expect((await app.call('GET', reply)).body).toMatchObject({ content: 'One two three.', status: 'completed' })
    expect(model.requests).toHaveLength(1)
  })

  it('comes whole after its log was pruned', async () => {
    const path = await start()
    const reply = await askIn(path)
    await until(
      () => app.call('GET', reply),
      ({ body }) => body.status === 'completed',
    )
    const whole = parseEvents((await app.call('GET', `${path}/stream`)).text)
    await using db = await openDatabase(app.config)
    await pruneEvents(db, new Date(Date.now() + 4 * 86_400_000))
    const late = parseEvents((await app.call('GET', `${path}/stream`)).text)
    expect(textOf(late)).toBe(textOf(whole))
    expect(late.map(({ event }) => event)).toEqual(['message_start', 'message_chunk', 'message_complete'])
    expect(late.at(-1)?.data).toEqual(whole.at(-1)?.data)
  })

  it('goes on when nobody listens', async () => {
    const path = await start()
    const words = tap()
    model.script([{ text: words.text }])
    const reply = await askIn(path)
    const reader = await follow(app, `${path}/stream`)
    words.say('Heard')
    await reader.waitFor('Heard')
    reader.cut()
    words.say(' and unheard.')
    words.end()
    const done = await until(
      () => app.call('GET', reply),
      ({ body }) => body.status === 'completed',
    )
    expect(done.body.content).toBe('Heard and unheard.')
  })

  it('is cancelled with its text kept, twice without harm, and hangs up on the provider', async () => {
    const path = await start()
    const words = tap()
    model.script([{ text: words.text }])
    const reply = await askIn(path)
    const reader = await follow(app, `${path}/stream`)
    words.say('Half')
    await reader.waitFor('Half')
    const cancelled = await app.call('POST', `${reply}/cancel`)
    expect(cancelled.status).toBe(200)
    expect(cancelled.body).toMatchObject({ status: 'cancelled', content: 'Half' })
    expect((await reader.ended()).at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'cancelled' } })
    expect(await model.requests[0]?.closed).toBe('aborted')
    expect((await app.call('POST', `${reply}/cancel`)).body).toEqual(cancelled.body)
  })

  it('of a chat comes one at a time, in order, and a waiting one can be cancelled', async () => {
    const path = await start()
    const words = tap()
    model.script((body) => (body.messages.at(-1)?.content?.includes('first') ? { text: words.text } : 'Later.'))
    const first = await askIn(path, 'first')
    const second = await askIn(path, 'second')
    const third = await askIn(path, 'third')
    words.say('One')
    await until(
      () => app.call('GET', first),
      ({ body }) => body.content === 'One',
    )
    expect((await app.call('GET', second)).body.status).toBe('queued')
    expect((await app.call('POST', `${second}/cancel`)).body.status).toBe('cancelled')
    words.end()
    await until(
      () => app.call('GET', third),
      ({ body }) => body.status === 'completed',
    )
    expect(model.requests).toHaveLength(2)
  })

  it('survives a restart: readers are told to start over, and the old text stays readable', async () => {
    const path = await start()
    const words = tap()
    model.script((_, index) => (index === 0 ? { text: words.text } : 'Whole answer.'))
    const reply = await askIn(path)
    const reader = await follow(app, `${path}/stream`)
    words.say('Cut off')
    await reader.waitFor('Cut off')
    await app.restart()
    const done = await until(
      () => app.call('GET', reply),
      ({ body }) => body.status === 'completed',
    )
    expect(done.body.content).toBe('Whole answer.')
    const after = parseEvents((await app.call('GET', `${path}/stream`)).text)
    expect(after.map(({ event }) => event)).toContain('message_restart')
    const seen = reader.events()
    expect(seen.at(-1)).toMatchObject({ event: 'stream_closed', data: { reason: 'shutdown', resume_after: 2 } })
    expect(after.slice(0, seen.length - 1)).toEqual(seen.slice(0, -1))
    const attempts = (await app.call('GET', `${reply}/attempts`)).body.attempts
    expect(attempts).toMatchObject([{ attempt: 1, content: 'Cut off', reason: 'the node was shut down' }])
  })

  it('says why it failed, keeps what was shown, and never the key', async () => {
    const path = await start()
    const failed = async () => {
      const reply = await askIn(path)
      return (
        await until(
          () => app.call('GET', reply),
          ({ body }) => body.status === 'failed',
        )
      ).body
    }
    model.script([{ text: ['Some ', 'text'], ending: 'break' }])
    expect(await failed()).toMatchObject({ content: 'Some text', error: { code: 'model_unavailable' } })
    model.script([{ status: 401, error: 'Incorrect API key provided: sk-test' }])
    const refused = await failed()
    expect(refused.error).toMatchObject({
      code: 'model_refused',
      message: expect.stringContaining('Incorrect API key'),
    })
    expect(JSON.stringify(refused)).not.toContain('sk-test')
    const stream = parseEvents((await app.call('GET', `${path}/stream`)).text)
    expect(stream.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'failed', error: refused.error } })
  })

  it('never swaps a model that was named', async () => {
    const other = [{ name: 'other', base_url: 'http://127.0.0.1:9/v1' }]
    const path = await start({ QUORY_MODEL: 'openai/test-model', QUORY_MODEL_ENDPOINTS: JSON.stringify(other) })
    const reply = await askIn(path, 'hi', { model: 'nowhere/nothing' })
    const { body } = await until(
      () => app.call('GET', reply),
      (response) => response.body.status === 'failed',
    )
    expect(body.error.code).toBe('model_unavailable')
    expect(model.requests).toHaveLength(0)
  })

  it('is stopped by deleting its chat, whose readers still see an end', async () => {
    const path = await start()
    const words = tap()
    model.script([{ text: words.text }])
    await askIn(path)
    const reader = await follow(app, `${path}/stream`)
    words.say('Half')
    await reader.waitFor('Half')
    expect((await app.call('DELETE', path)).status).toBe(200)
    expect((await reader.ended()).at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'cancelled' } })
    expect(await model.requests[0]?.closed).toBe('aborted')
  })
})
