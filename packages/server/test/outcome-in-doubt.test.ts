import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CuttingProxy, startCuttingProxy } from './support/cutting-proxy.ts'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp, type TestApp } from './support/start-test-app.ts'

const words = Array.from({ length: 60 }, (_, index) => `w${index} `)

describe('a connection to PostgreSQL that breaks between a commit and its acknowledgement', () => {
  let place: DatabasePlace
  let proxy: CuttingProxy
  let model: ModelServer
  let app: TestApp
  let path: string
  beforeEach(async () => {
    place = await createTestDatabase('postgres')
    proxy = await startCuttingProxy(place.databaseUrl ?? '')
    model = await startModelServer()
    model.script([{ text: words, tokenDelayMs: 20 }])
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test', QUORY_LOG_LEVEL: 'silent' }
    app = await startTestApp({ place: { ...place, databaseUrl: proxy.url }, env })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    path = `/v1/projects/${project}/chats/${chat}`
  })
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it.each([
    ['events', 'text-delta'],
    ['the end', 'answer-end'],
  ])('neither loses nor repeats %s', async (_, marker) => {
    const { metadata } = (await app.call('POST', `${path}/messages`, { content: 'hi' })).body
    const cut = proxy.cutAfter(marker)
    const events = parseEvents((await app.call('GET', `${path}/stream`)).text)
    await cut
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
    expect(events.map(({ event }) => event)).not.toContain('message_restart')
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    const shown = events.map(({ event, data }) => (event === 'message_chunk' ? data.content_chunk : '')).join('')
    expect(shown).toBe(words.join(''))
    const reply = (await app.call('GET', `${path}/messages/${metadata.assistant_message_id}`)).body
    expect(reply).toMatchObject({ status: 'completed', content: shown })
    expect(parseEvents((await app.call('GET', `${path}/stream`)).text)).toEqual(events)
    expect(model.requests).toHaveLength(1)
  })

  it('tells who asked that the question may have been stored', async () => {
    const cut = proxy.cutAfter('A question in doubt')
    const refused = await app.call('POST', `${path}/messages`, { content: 'A question in doubt' })
    await cut
    expect([refused.status, refused.body.code]).toEqual([503, 'storage_unavailable'])
    expect(refused.body.detail).toMatch(/may have been stored.*Idempotency-Key/)
    expect(refused.headers.get('retry-after')).toBe('5')
    const { messages } = (await app.call('GET', `${path}/messages`)).body
    expect(messages[0]?.content).toBe('A question in doubt')
  })
})
