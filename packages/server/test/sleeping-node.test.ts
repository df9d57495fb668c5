import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { leaseMs } from '../src/answers/answer.ts'
import { createTestDatabase, engines, settingsOf } from './support/databases.ts'
import { startModelServer } from './support/model-server.ts'
import { startServerProcess } from './support/server-process.ts'
import { parseEvents, until } from './support/start-test-app.ts'

describe.each(engines)('the only node, on %s', (engine) => {
  it('goes on with its answer when it was stopped for longer than the lease', async () => {
    await using place = await createTestDatabase(engine)
    await using model = await startModelServer()
    const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>()
    async function* text() {
      yield 'Before'
      await isAwake
      yield ' and after.'
    }
    model.script([{ text: text() }])
    await using node = await startServerProcess({
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-test',
      ...settingsOf(place),
    })
    const project = (await node.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await node.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    const path = `/v1/projects/${project}/chats/${chat}`
    await node.call('POST', `${path}/messages`, { content: 'hi' })
    await until(
      () => node.call('GET', `${path}/messages`),
      ({ body }) => body.messages[1].content === 'Before',
    )
    node.child.kill('SIGSTOP')
    await sleep(leaseMs + 2_000)
    node.child.kill('SIGCONT')
    // It looks for work at once, and finds its own answer with a lease that ran out.
    await until(
      // The connection kept from before may be closed by now.
      () => node.call('GET', `${path}/messages`).catch(() => undefined),
      (answer) => answer?.status === 200,
    )
    await sleep(3_000)
    wake()
    const events = parseEvents((await node.call('GET', `${path}/stream`)).text)
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'message_chunk',
      'message_chunk',
      'message_complete',
    ])
    expect(events.at(-1)?.data.status).toBe('completed')
    expect(model.requests).toHaveLength(1)
  }, 90_000)
})
