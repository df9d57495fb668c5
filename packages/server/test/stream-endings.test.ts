import { afterEach, describe, expect, it } from 'vitest'
import { openHttpNode } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { framesOf, type OpenStream, openStream } from './support/event-streams.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp, type TestApp, type TestClient, until } from './support/start-test-app.ts'

/** Far longer than any test looks at it. */
const words = Array.from({ length: 400 }, (_, index) => `w${index} `)

const lastEvent = async (stream: OpenStream) => parseEvents(await stream.ended).at(-1)

describe.each(engines)('the last event of a stream on %s', (engine) => {
  let place: DatabasePlace
  let model: ModelServer
  let app: TestApp
  const others: AsyncDisposable[] = []
  afterEach(async () => {
    for (const other of others.splice(0)) await other[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  async function start() {
    place = await createTestDatabase(engine)
    model = await startModelServer()
    model.script([{ text: words, tokenDelayMs: 25 }])
    app = await startTestApp({ place, env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' } })
    return (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id as string
  }

  async function ask(project: string, call: TestClient = app.call) {
    const chat = (await call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    const path = `/v1/projects/${project}/chats/${chat}`
    const { body } = await call('POST', `${path}/messages`, { content: 'hi' })
    return {
      chat: path,
      question: `${path}/messages/${body.id}`,
      reply: `${path}/messages/${body.metadata.assistant_message_id}`,
    }
  }

  async function spoken(stream: OpenStream): Promise<OpenStream> {
    await until(
      async () => stream.text,
      (text) => /\bw2\b/.test(text),
    )
    return stream
  }

  it('says that its answer was cancelled when the chat, the message, the question, the project or the user is deleted', async () => {
    const project = await start()
    const user = (await app.call('POST', '/v1/users', { email: 'ada@example.com' })).body.id
    const { key } = (await app.call('POST', `/v1/users/${user}/api-keys`, {})).body
    const own = (await app.as(key)('POST', '/v1/projects', { name: 'own', organization_id: 'o' })).body.id
    const doomed = (await app.call('POST', '/v1/projects', { name: 'doomed', organization_id: 'o' })).body.id
    const asked = [
      await ask(project),
      await ask(project),
      await ask(project),
      await ask(doomed),
      await ask(own, app.as(key)),
    ]
    const streams = await Promise.all(asked.map(({ chat }) => openStream(app, `${chat}/stream`)))
    await Promise.all(streams.map(spoken))
    const paths = [asked[0]?.chat, asked[1]?.reply, asked[2]?.question, `/v1/projects/${doomed}`, `/v1/users/${user}`]
    const deleted = await Promise.all(paths.map((path) => app.call('DELETE', path ?? '')))
    expect(deleted.map(({ status }) => status)).toEqual([200, 200, 200, 204, 200])
    for (const stream of streams)
      expect(await lastEvent(stream)).toMatchObject({ event: 'message_complete', data: { status: 'cancelled' } })
  })

  it('says after which number to come back when the server stops, and the rest is there then', async () => {
    const project = await start()
    const { chat } = await ask(project)
    const stream = await spoken(await openStream(app, `${chat}/stream`))
    model.script(['Short.'])
    await app.restart()
    const seen = framesOf(await stream.ended)
    const closed = await lastEvent(stream)
    expect(closed).toMatchObject({ event: 'stream_closed', data: { reason: 'shutdown', resume_after: seen.length } })
    expect(await stream.ended).toMatch(/event: stream_closed\nretry: \d+\ndata: [^\n]+\n\n$/)
    const rest = await openStream(app, `${chat}/stream`, closed?.data.resume_after)
    const whole = await openStream(app, `${chat}/stream`)
    expect([...seen, ...framesOf(await rest.ended)]).toEqual(framesOf(await whole.ended))
  })

  it("is a record that says so in Quivr's streams when the server stops", async () => {
    await start()
    const { chat_id } = (await app.call('POST', '/chat', { name: 'c' })).body
    const reading = app.call('POST', `/chat/${chat_id}/question/stream`, { question: 'hi' })
    await until(
      () => app.call('GET', `/chat/${chat_id}/history`),
      ({ body }) => body[0]?.assistant.includes('w2'),
    )
    await app.restart()
    const records = (await reading).text.split('\n\n').filter((frame) => frame.startsWith('data: '))
    const last = JSON.parse(records.at(-1)?.slice('data: '.length) ?? '')
    expect(last).toMatchObject({ chat_id, metadata: { stream_closed: { reason: 'shutdown' } } })
    expect(last.assistant).toContain('in the history')
  })

  // Once is enough: it takes more than ten seconds, and the engines have no part in it.
  if (engine === 'postgres')
    it('says that access was withdrawn, soon after a key was revoked or a member removed; others read on', async () => {
      const project = await start()
      const member = async (email: string) => {
        const user = (await app.call('POST', '/v1/users', { email })).body.id
        const { id, key } = (await app.call('POST', `/v1/users/${user}/api-keys`, {})).body
        const membership = `/v1/projects/${project}/members/${user}`
        expect((await app.call('PUT', membership, { role: 'owner' })).status).toBe(200)
        return { key: key as string, revoke: `/v1/users/${user}/api-keys/${id}`, membership }
      }
      const [ada, eve, joe] = [
        await member('ada@example.com'),
        await member('eve@example.com'),
        await member('joe@example.com'),
      ]
      model.script([{ text: words, tokenDelayMs: 100 }])
      const { chat } = await ask(project)
      const read = async ({ key }: { key: string }) => spoken(await openStream(app, `${chat}/stream`, undefined, key))
      const streams = await Promise.all([ada, eve, joe].map(read))
      expect((await app.call('DELETE', ada.revoke)).status).toBe(200)
      expect((await app.call('DELETE', eve.membership)).status).toBe(204)
      for (const stream of streams.slice(0, 2)) {
        const closed = await until(
          async () => parseEvents(stream.text).at(-1),
          (event) => event?.event === 'stream_closed',
          20_000,
        )
        expect(closed?.data.reason).toBe('access_withdrawn')
      }
      expect(streams[2]?.isEnded).toBe(false)
      streams[2]?.cut()
    })

  if (engine === 'postgres')
    it('is not sent for a database that is away for a while: the reader waits, and misses nothing', async () => {
      const project = await start()
      const proxy = await startCuttingProxy(place.databaseUrl ?? '')
      others.push(proxy)
      const config = readConfig({
        PORT: '0',
        QUORY_LOG_LEVEL: 'silent',
        DATABASE_URL: proxy.url,
        QUORY_DATA_DIR: place.dataDir,
      })
      const reading = await openHttpNode(config)
      others.unshift(reading)
      const readingAt = { url: await reading.listen(), adminKey: app.adminKey }
      const { chat } = await ask(project)
      const [direct, distant] = [await openStream(app, `${chat}/stream`), await openStream(readingAt, `${chat}/stream`)]
      await spoken(distant)
      proxy.beAway(true)
      const cutAt = framesOf(distant.text).length
      await until(
        async () => framesOf(direct.text).length,
        (count) => count > cutAt + 20,
      )
      expect(distant.isEnded).toBe(false)
      proxy.beAway(false)
      await until(
        async () => framesOf(distant.text).length,
        (count) => count > cutAt + 20,
      )
      const count = framesOf(distant.text).length
      expect(framesOf(distant.text)).toEqual(framesOf(direct.text).slice(0, count))
      direct.cut()
      distant.cut()
    })
})
