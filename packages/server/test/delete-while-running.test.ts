import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createTestDatabase, type DatabasePlace, engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { findOrphanFiles, findOrphanRows } from './support/orphans.ts'
import { countProjectRows } from './support/project-rows.ts'
import { parseEvents, startTestApp, type TestApp, type TestClient, until } from './support/start-test-app.ts'

/** Longer than any round: whatever stops it was the deletion. */
const words = Array.from({ length: 1_000 }, (_, index) => `w${index} `)
const rounds = 20

describe.each(engines)('a deletion while an answer runs on %s', (engine) => {
  let place: DatabasePlace
  let db: Database
  let model: ModelServer
  /** On PostgreSQL two nodes: one is asked, the other deletes. */
  let nodes: TestApp[]
  beforeAll(async () => {
    place = await createTestDatabase(engine)
    model = await startModelServer()
    model.script([{ text: words, tokenDelayMs: 10 }])
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
    nodes = [await startTestApp({ engine, place, env })]
    if (engine === 'postgres') nodes.push(await startTestApp({ engine, place, env }))
    db = await openDatabase(nodes[0]?.config ?? place)
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
    await model[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  const asking = () => nodes[0] as TestApp
  const deleting = () => nodes.at(-1) as TestApp

  async function aProject(call: TestClient = asking().call): Promise<string> {
    const made = await call('POST', '/v1/projects', { name: `p${Math.random()}`, organization_id: 'o' })
    return `/v1/projects/${made.body.id}`
  }
  async function aChat(project: string, call: TestClient = asking().call): Promise<string> {
    return `${project}/chats/${(await call('POST', `${project}/chats`, { name: 'c' })).body.id}`
  }

  /**
   * Asks, reads on every node, and after a random moment between the question and the middle of its answer deletes.
   * Within a second every call of the model is over; the readers saw an end; no row is left over.
   */
  async function race(chat: string, remove: (question: string, reply: string) => Promise<unknown>, call?: TestClient) {
    const ask = call ?? asking().call
    const content = `question ${Math.random()}`
    const sent = await ask('POST', `${chat}/messages`, { content })
    expect(sent.status).toBe(201)
    const reply = `${chat}/messages/${sent.body.metadata.assistant_message_id}`
    const question = `${chat}/messages/${sent.body.id}`
    const readings = nodes.map((node) => node.call('GET', `${chat}/stream`))
    await wait(Math.random() * 150)
    await remove(question, reply)
    const deletedAt = performance.now()
    for (const { status, text } of await Promise.all(readings)) {
      // Deleted before the reader came.
      if (status === 404) continue
      expect(parseEvents(text).at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'cancelled' } })
    }
    // A call that was on its way when the deletion came may arrive after it, and ends as soon.
    const calls = model.requests.filter(({ body }) => body.messages.at(-1)?.content?.includes(content) === true)
    for (const { closed } of calls) expect(await closed).toBe('aborted')
    expect(performance.now() - deletedAt).toBeLessThan(1_000)
    expect(await findOrphanRows(db)).toEqual([])
    const started = calls.length
    return { question, reply, started }
  }

  it(`of its chat stops the model within a second and leaves nothing, ${rounds} times of ${rounds}`, async () => {
    const project = await aProject()
    let caught = 0
    for (let round = 0; round < rounds; round++) {
      const chat = await aChat(project)
      const { started } = await race(chat, async () => {
        expect((await deleting().call('DELETE', chat)).status).toBe(200)
      })
      caught += started
      expect((await asking().call('GET', chat)).status).toBe(404)
    }
    // The test means something only when some were caught in the middle.
    expect(caught).toBeGreaterThan(rounds / 4)
    expect(await Promise.all(model.requests.map(({ closed }) => closed))).toEqual(Array(caught).fill('aborted'))
    expect(await db.query.selectFrom('answers').select('id').execute()).toEqual([])
    expect(await db.query.selectFrom('answer_events').select('number').execute()).toEqual([])
  })

  it('of the reply takes it alone, and of the question cancels the reply, which stays', async () => {
    const chat = await aChat(await aProject())
    for (let round = 0; round < 5; round++) {
      const { question, reply } = await race(chat, async (_, path) => {
        expect((await deleting().call('DELETE', path)).status).toBe(200)
      })
      expect((await asking().call('GET', reply)).status).toBe(404)
      expect((await asking().call('GET', question)).status).toBe(200)
    }
    for (let round = 0; round < 5; round++) {
      const { question, reply } = await race(chat, async (path) => {
        expect((await deleting().call('DELETE', path)).status).toBe(200)
      })
      expect((await asking().call('GET', question)).status).toBe(404)
      expect((await asking().call('GET', reply)).body).toMatchObject({ status: 'cancelled' })
    }
    expect((await asking().call('GET', chat)).body.message_count).toBe(10)
  })

  it('of its project, over either API, takes everything in it', async () => {
    const deleted: string[] = []
    for (let round = 0; round < 6; round++) {
      const project = await aProject()
      const upload = aForm(['f', aFile(`a,b\n${'city,1\n'.repeat(20_000)}`), 'big.csv'])
      expect((await asking().call('POST', `${project}/data-sources/upload`, upload)).status).toBe(201)
      const chat = await aChat(project)
      await race(chat, async () => {
        const id = project.split('/').at(-1) ?? ''
        deleted.push(id)
        const isQuivr = round % 2 === 1
        const path = isQuivr ? `/brains/${id}/subscription` : project
        expect((await deleting().call('DELETE', path)).status).toBe(isQuivr ? 200 : 204)
      })
    }
    await deleting().app.jobs.idle()
    expect(await findOrphanFiles(db, place)).toEqual([])
    for (const id of deleted) expect(await countProjectRows(db, id)).toEqual({})
  })

  it('of its user takes their chats everywhere, and ends what they asked in the chat of somebody else', async () => {
    const shared = await aProject()
    for (let round = 0; round < 5; round++) {
      const user = (await asking().call('POST', '/v1/users', { email: `u${Math.random()}@example.com`, role: 'admin' }))
        .body
      const { key } = (await asking().call('POST', `/v1/users/${user.id}/api-keys`, { scope: 'admin' })).body
      const theirs = asking().as(key)
      const remove = async () =>
        expect((await deleting().call('DELETE', `/v1/users/${user.id}`)).status, 'deleting').toBe(200)
      const others = await aChat(shared)
      const own = await aChat(await aProject(theirs), theirs)
      const [inOwn, inShared, ofAnother] = await Promise.all([
        theirs('POST', `${own}/messages`, { content: 'in their own project' }),
        theirs('POST', `${await aChat(shared, theirs)}/messages`, { content: 'in a shared one' }),
        theirs('POST', `${others}/messages`, { content: 'in the chat of somebody else' }),
      ])
      for (const { status } of [inOwn, inShared, ofAnother]) expect(status).toBe(201)
      await race(await aChat(shared, theirs), remove, theirs)
      const reply = await until(
        () => asking().call('GET', `${others}/messages/${ofAnother?.body.metadata.assistant_message_id}`),
        ({ body }) => body.status === 'cancelled',
      )
      expect(reply.status).toBe(200)
      for (const { closed } of model.requests) expect(await closed).toBe('aborted')
    }
  })

  it('of a data source stops the reading of its file, and the training that names it goes on to its end', async () => {
    const project = await aProject()
    const upload = async (rows: number, name: string) => {
      const form = aForm(['f', aFile(`a,b\n${`${name},1\n`.repeat(rows)}`), `${name}.csv`])
      const { body } = await asking().call('POST', `${project}/data-sources/upload`, form)
      return body.data_sources[0].id as string
    }
    const small = await upload(5, 'small')
    const big = await upload(60_000, 'big')
    const started = await asking().call('POST', `${project}/training`, { data_source_ids: [big, small] })
    const training = `${project}/training/${started.body.id}`
    await until(
      () => asking().call('GET', `${project}/data-sources/${big}`),
      ({ body }) => body.job?.state === 'running',
    )
    expect((await deleting().call('DELETE', `${project}/data-sources/${big}`)).status).toBe(200)
    expect((await asking().call('GET', `${project}/data-sources/${big}`)).status).toBe(404)
    const done = await until(
      () => asking().call('GET', training),
      ({ body }) => body.status === 'completed' || body.status === 'failed',
      30_000,
    )
    expect(done.body).toMatchObject({ status: 'completed', progress: { steps_completed: 2 }, job: null })
    expect(await findOrphanRows(db)).toEqual([])
    const documents = await db.query.selectFrom('documents').select('source_id').execute()
    expect(documents).toEqual([{ source_id: small }])
    const terms = await db.query.selectFrom('index_documents').select('document_id').execute()
    expect(terms).toHaveLength(1)
    await until(
      () => findOrphanFiles(db, place),
      (files) => files.length === 0,
    )
    expect((await deleting().call('DELETE', project)).status).toBe(204)
  })

  it('that is refused stops nothing', async () => {
    const home = `/v1/projects/${(await asking().call('GET', '/v1/me')).body.default_project_id}`
    const chat = await aChat(home)
    const sent = await asking().call('POST', `${chat}/messages`, { content: 'hi' })
    const reply = `${chat}/messages/${sent.body.metadata.assistant_message_id}`
    await until(
      () => asking().call('GET', reply),
      ({ body }) => body.content !== '',
    )
    expect((await deleting().call('DELETE', home)).status).toBe(409)
    const seen = (await asking().call('GET', reply)).body
    expect(seen.status).toBe('processing')
    await until(
      () => asking().call('GET', reply),
      ({ body }) => body.content.length > seen.content.length,
    )
    await deleting().call('DELETE', chat)
  })

  it('of neighbouring messages at the same time leaves one path', async () => {
    model.script(['Short.'])
    const chat = await aChat(await aProject())
    for (let index = 0; index < 6; index++) await asking().call('POST', `${chat}/messages`, { content: `q${index}` })
    const { body } = await until(
      () => asking().call('GET', `${chat}/messages`),
      (list) => list.body.messages.every((message: { status: string }) => message.status === 'completed'),
    )
    const ids: string[] = body.messages.map((message: { id: string }) => message.id)
    await Promise.all(
      ids.slice(2, 10).map((id, index) => nodes[index % nodes.length]?.call('DELETE', `${chat}/messages/${id}`)),
    )
    expect(await findOrphanRows(db)).toEqual([])
    const left = (await asking().call('GET', `${chat}/messages`)).body.messages
    expect(left.map((message: { parent_id: string | null }) => message.parent_id)).toEqual([
      null,
      ...left.slice(0, -1).map((message: { id: string }) => message.id),
    ])
  })
})
