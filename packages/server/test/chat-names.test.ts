import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { aPerson, type Person } from './support/quivr-people.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

describe.each(engines)('the name of a chat, on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  let person: Person
  let project: string
  beforeAll(async () => {
    models = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
    person = await aPerson(app, `namer-${engine}`)
    const fields = { name: 'p', organization_id: 'o' }
    project = `/v1/projects/${(await person.call('POST', '/v1/projects', fields)).body.id}`
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  const isNaming = (body: { messages: readonly { content: unknown }[] }) =>
    String(body.messages[0]?.content).includes('You name conversations')

  async function ask(fields: object, content = 'How heavy is the great bell of Quarrington?', model?: string) {
    const chat = `${project}/chats/${(await person.call('POST', `${project}/chats`, fields)).body.id}`
    const { body } = await person.call('POST', `${chat}/messages`, { content, model })
    await until(
      () => person.call('GET', `${chat}/messages/${body.metadata.assistant_message_id}`),
      (reply) => reply.body.status === 'completed',
    )
    return chat
  }
  const named = (chat: string, name: string) =>
    until(
      async () => (await person.call('GET', chat)).body,
      (body) => body.name === name,
    )

  it('comes from the first exchange when nobody gave one', async () => {
    models.script((body) => (isNaming(body) ? '"The bell of Quarrington."' : 'It weighs 4170 kilograms.'))
    const chat = await ask({ name: 'New chat', is_named: false })
    expect(await named(chat, 'The bell of Quarrington')).toMatchObject({ is_named: false })
    const request = models.requests.find(({ body }) => isNaming(body))
    expect(JSON.stringify(request?.body.messages)).toContain('great bell of Quarrington')
    expect(JSON.stringify(request?.body.messages)).toContain('4170 kilograms')
  })

  it('is the first words of the question without a model, or when the model fails', async () => {
    const extractive = await ask({ name: 'New chat', is_named: false }, 'How many days?', 'quory/extractive')
    await named(extractive, 'How many days?')
    models.script((body) => (isNaming(body) ? { status: 400, error: 'no' } : 'Five.'))
    await named(await ask({ name: 'New chat', is_named: false }, 'How many nights?'), 'How many nights?')
  })

  it('is never taken from somebody who gave one, before or meanwhile', async () => {
    models.script((body) => (isNaming(body) ? 'Something else' : 'Five.'))
    const before = models.requests.length
    const given = await ask({ name: 'Mine' })
    let open = () => undefined as unknown
    const asked = new Promise<void>((resolve) => {
      models.script(async (body) => {
        if (!isNaming(body)) return 'Five.'
        resolve()
        await new Promise((answer) => (open = answer as typeof open))
        return 'Something else'
      })
    })
    const renamed = await ask({ name: 'New chat', is_named: false })
    await asked
    expect((await person.call('PATCH', renamed, { name: 'New chat' })).body.is_named).toBe(true)
    open()
    models.script((body) => (isNaming(body) ? 'Later' : 'Five.'))
    // Named after the two above, by the same worker.
    await named(await ask({ name: 'New chat', is_named: false }), 'Later')
    expect((await person.call('GET', given)).body).toMatchObject({ name: 'Mine', is_named: true })
    expect((await person.call('GET', renamed)).body).toMatchObject({ name: 'New chat', is_named: true })
    expect(models.requests.slice(before).filter(({ body }) => isNaming(body))).toHaveLength(2)
  })
})
