import { describe, expect, it } from 'vitest'
import { createTestDatabase, engines } from './support/databases.ts'
import { startTestApp, until } from './support/start-test-app.ts'

const writers = 32

describe.each(engines)('one chat with 32 writers on %s', (engine) => {
  it('counts every message once, keeps one path, and answers all of them', async () => {
    await using place = await createTestDatabase(engine)
    await using app = await startTestApp({ engine, place })
    const project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const created = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body
    const path = `/v1/projects/${project}/chats/${created.id}`
    const posted = await Promise.all(
      Array.from({ length: writers }, (_, index) =>
        app.call('POST', `${path}/messages`, { content: `question ${index}` }),
      ),
    )
    expect(posted.map(({ status }) => status)).toEqual(Array(writers).fill(201))
    const list = () => app.call('GET', `${path}/messages?limit=200`)
    const done = await until(list, ({ body }) =>
      body.messages.every((message: { status: string }) => message.status === 'completed'),
    )
    const { messages } = done.body
    expect(messages).toHaveLength(2 * writers)
    const chat = (await app.call('GET', path)).body
    expect(chat.message_count).toBe(2 * writers)
    expect(chat.updated_at > created.updated_at).toBe(true)
    // Each message answers the one before it: no two questions took the same place.
    const parents = messages.map((message: { parent_id: string | null }) => message.parent_id)
    expect(parents).toEqual([null, ...messages.slice(0, -1).map((message: { id: string }) => message.id)])
    await Promise.all(
      messages.slice(0, 20).map((message: { id: string }) => app.call('DELETE', `${path}/messages/${message.id}`)),
    )
    expect((await app.call('GET', path)).body.message_count).toBe(2 * writers - 20)
    expect((await list()).body.messages).toHaveLength(2 * writers - 20)
  })
})
