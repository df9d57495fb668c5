import { expect, it } from 'vitest'
import { createTestDatabase } from '../../server/test/support/databases.ts'
import { startModelServer } from '../../server/test/support/model-server.ts'
import { adminKey, type ServerProcess, startServerProcess } from '../../server/test/support/server-process.ts'
import { until } from '../../server/test/support/start-test-app.ts'
import {
  type AnswerState,
  answerStateOf,
  createQuory,
  type FeedEvent,
  readAnswer,
  readFeed,
  reduceAnswer,
} from '../src/quory.ts'

/** A server that is killed in the middle and started again at the same address, with what it stored. */
async function aServer() {
  const place = await createTestDatabase('sqlite')
  const model = await startModelServer()
  const start = (port: string) =>
    startServerProcess({
      PORT: port,
      QUORY_DATA_DIR: place.dataDir,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-test',
      QUORY_MODEL: 'test-model',
    })
  let server: ServerProcess = await start('0')
  const { url } = server
  return {
    model,
    quory: createQuory({ baseUrl: url, apiKey: adminKey }),
    call: (...request: Parameters<ServerProcess['call']>) => server.call(...request),
    kill: () => server.kill('SIGKILL'),
    restart: async () => {
      server = await start(new URL(url).port)
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await model[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

it('an answer is read to its end while its server is killed and started again', async () => {
  await using server = await aServer()
  server.model.script([{ text: ['The ', 'bell '], ending: 'hang' }, { text: ['The ', 'bell ', 'weighs ', 'much.'] }])
  const project = (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
  const chat = (await server.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
  const messages = `/v1/projects/${project}/chats/${chat}/messages`
  const messageId = (await server.call('POST', messages, { content: 'Why?' })).body.metadata.assistant_message_id
  const connections: string[] = []
  const numbers: number[] = []
  let state: AnswerState = answerStateOf((await server.call('GET', `${messages}/${messageId}`)).body)
  const reading = (async () => {
    const onConnection = (connection: string) => void connections.push(connection)
    for await (const event of readAnswer(server.quory, { projectId: project, chatId: chat, messageId, onConnection })) {
      if ('number' in event) numbers.push(event.number)
      state = reduceAnswer(state, event)
    }
  })()
  await until(
    async () => state.text,
    (text) => text === 'The bell',
  )
  await server.kill()
  await until(
    async () => connections,
    (all) => all.includes('lost'),
  )
  await server.restart()
  await reading
  const stored = (await server.call('GET', `${messages}/${messageId}`)).body
  expect(stored).toMatchObject({ status: 'completed', content: 'The bell weighs much.' })
  expect(state).toMatchObject({ ...answerStateOf(stored), attempt: 2, number: numbers.at(-1) })
  expect(connections.slice(0, 2)).toEqual(['connected', 'lost'])
  expect(connections.at(-1)).toBe('connected')
  // None twice, in order.
  expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other))
}, 60_000)

it('the feed begins anew after its server was killed and started again', async () => {
  await using server = await aServer()
  const project = (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
  const stopping = new AbortController()
  const events: FeedEvent[] = []
  const connections: string[] = []
  const reading = (async () => {
    const onConnection = (connection: string) => void connections.push(connection)
    for await (const event of readFeed(server.quory, { signal: stopping.signal, onConnection })) events.push(event)
  })()
  const started = (count: number) =>
    until(
      async () => events.filter(({ type }) => type === 'start').length,
      (found) => found === count,
    )
  await started(1)
  await server.kill()
  await until(
    async () => connections,
    (all) => all.includes('lost'),
  )
  await server.restart()
  await started(2)
  const chat = (await server.call('POST', `/v1/projects/${project}/chats`, { name: 'After' })).body
  await until(
    async () => events,
    (all) => all.some((event) => event.type === 'chat-changed' && event.chat.id === chat.id),
  )
  expect(connections.at(-1)).toBe('connected')
  stopping.abort()
  await reading
}, 60_000)
