import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'
import { openEmbeddings } from '../src/models/embed.ts'
import { createTestDatabase, engines } from './support/databases.ts'
import { countEmbeddingRows } from './support/embedding-rows.ts'
import { type EmbeddingServer, startEmbeddingServer } from './support/embedding-server.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const synonyms = { automobile: 'car', sedan: 'car', vacation: 'holiday', leave: 'holiday' }

function embeddingEnv({ url }: EmbeddingServer, model = 'words-a') {
  return { QUORY_EMBEDDING_MODEL: model, QUORY_EMBEDDING_BASE_URL: url }
}

async function aProject(app: TestApp): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

async function upload(app: TestApp, project: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const parts = Object.entries(files).map(([name, text]) => ['files', aFile(text), name] as const)
  const { body } = await app.call('POST', `${project}/data-sources/upload`, aForm(...parts))
  return body.data_sources.map(({ id }: { id: string }) => id)
}

function embedded(app: TestApp, project: string, passages: number) {
  return until(
    async () => (await app.call('GET', `${project}/embedding`)).body,
    ({ state, total }) => state === 'ready' && total === passages,
    20_000,
  )
}

async function search(app: TestApp, project: string, query: string) {
  const { body } = await app.call('POST', `${project}/search`, { query })
  return body
}

const garage = {
  'garage.txt': 'The red sedan stands in the garage behind the house.',
  'garden.txt': 'Tomatoes grow best in full sun with plenty of water.',
  'office.txt': 'Every employee gets 28 days of leave a year.',
}

describe.each(engines)('search by vectors on %s', (engine) => {
  it('finds a passage that shares no word with the question, and says what each side made of it', async () => {
    await using server = await startEmbeddingServer({ synonyms })
    await using app = await startTestApp({ engine, env: embeddingEnv(server) })
    const project = await aProject(app)
    await upload(app, project, garage)
    expect(await embedded(app, project, 3)).toEqual({
      state: 'ready',
      model: 'words-a',
      embedded: 3,
      total: 3,
      error: null,
    })
    const { passages, details } = await search(app, project, 'automobile')
    expect(details.vectors).toEqual({ state: 'searched', model: 'words-a', index: 'exact', reason: null })
    expect(passages[0]).toMatchObject({ document_name: 'garage.txt', scores: { bm25: null, fused: 0.2, rerank: null } })
    expect(passages[0].scores.vector).toBeGreaterThan(passages[1].scores.vector)
    const both = await search(app, project, 'full sun')
    expect(both.passages[0]).toMatchObject({ document_name: 'garden.txt', score: 1, scores: { fused: 1 } })
    expect(both.passages[0].scores.bm25).toBeGreaterThan(0)
    // An answer's trace says it as a search does.
    const chat = `${project}/chats/${(await app.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    const { metadata } = (await app.call('POST', `${chat}/messages`, { content: 'What grows in full sun?' })).body
    const trace = await until(
      () => app.call('GET', `${chat}/messages/${metadata.assistant_message_id}/trace`),
      ({ status }) => status === 200,
    )
    expect(trace.body.searches[0].details).toEqual({
      words: { index: 'postings', segments: expect.any(Number), ms: expect.any(Number) },
      vectors: details.vectors,
      rerank: null,
    })
  })

  it('embeds no text twice, in whatever document it stands again', async () => {
    await using server = await startEmbeddingServer()
    await using app = await startTestApp({ engine, env: embeddingEnv(server) })
    const project = await aProject(app)
    const [first] = await upload(app, project, { 'a.txt': 'Owls hunt at night.', 'b.txt': 'Owls hunt at night.\n\n' })
    await embedded(app, project, 2)
    await app.call('POST', `${project}/training`, { data_source_ids: [first], project_id: project.slice(13) })
    await app.app.jobs.idle()
    await embedded(app, project, 2)
    expect(server.embedded).toEqual([{ model: 'words-a', text: 'Owls hunt at night.' }])
  })

  it('never shows another project’s passages, nor those of a document that was deleted', async () => {
    await using server = await startEmbeddingServer({ synonyms })
    await using place = await createTestDatabase(engine)
    await using app = await startTestApp({ engine, place, env: embeddingEnv(server) })
    const [mine, theirs] = [await aProject(app), await aProject(app)]
    const [sourceId] = await upload(app, mine, garage)
    await upload(app, theirs, { 'theirs.txt': 'An automobile is a sedan is a car.' })
    await embedded(app, mine, 3)
    await embedded(app, theirs, 1)
    const names = async (project: string) =>
      (await search(app, project, 'car')).passages.map((passage: { document_name: string }) => passage.document_name)
    expect(await names(mine)).toEqual(['garage.txt', expect.any(String), expect.any(String)])
    expect(await names(theirs)).toEqual(['theirs.txt'])
    await app.call('DELETE', `${mine}/data-sources/${sourceId}`)
    expect(await names(mine)).not.toContain('garage.txt')
    expect(await names(mine)).toHaveLength(2)
    await app.app.jobs.idle()
    expect(await countEmbeddingRows(place)).toMatchObject({ texts: 3, blocks: 3 })
  })

  it('answers from one model at every moment while another one’s vectors are made', async () => {
    await using server = await startEmbeddingServer({ synonyms })
    const { QUORY_EMBEDDING_BASE_URL } = embeddingEnv(server)
    const env: Record<string, string> = { QUORY_EMBEDDING_MODEL: 'words-a', QUORY_EMBEDDING_BASE_URL }
    await using place = await createTestDatabase(engine)
    const project = await (async () => {
      await using app = await startTestApp({ engine, place, env })
      const made = await aProject(app)
      await upload(app, made, garage)
      await embedded(app, made, 3)
      return made
    })()
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
    server.befall((body) => (body.model === 'words-b' && body.input.length > 1 ? released : undefined))
    await using app = await startTestApp({ engine, place, env: { ...env, QUORY_EMBEDDING_MODEL: 'words-b' } })
    const { state } = await until(
      async () => (await app.call('GET', `${project}/embedding`)).body,
      (status) => status.model === 'words-b' && server.requests.some(({ body }) => body.model === 'words-b'),
    )
    expect(state).toBe('building')
    const during = await search(app, project, 'automobile')
    expect(during.details.vectors).toMatchObject({ state: 'searched', model: 'words-a' })
    expect(during.passages[0].document_name).toBe('garage.txt')
    release(undefined)
    const models = new Set<string>()
    await until(
      async () => {
        const found = await search(app, project, 'automobile')
        models.add(found.details.vectors.model)
        expect(found.passages[0].document_name).toBe('garage.txt')
        return found.details.vectors.model
      },
      (model) => model === 'words-b',
    )
    expect([...models].sort()).toEqual(expect.arrayContaining(['words-b']))
    await app.app.jobs.idle()
    const sets = await countEmbeddingRows(place)
    expect(sets).toEqual({ sets: 1, texts: 3, blocks: 3 })
  })
})

describe('an embedding endpoint that fails', () => {
  it('never fails an upload or a search; the project says why, and catches up', async () => {
    await using server = await startEmbeddingServer({ synonyms })
    server.befall(() => ({ status: 401, error: 'Incorrect API key provided: sk-secret12345' }))
    await using app = await startTestApp({ env: embeddingEnv(server) })
    const project = await aProject(app)
    const [sourceId] = await upload(app, project, garage)
    const failing = await until(
      async () => (await app.call('GET', `${project}/embedding`)).body,
      ({ state, total }) => state === 'failing' && total === 3,
    )
    expect(failing).toMatchObject({ embedded: 0, total: 3, error: expect.stringContaining('answered 401') })
    expect(failing.error).not.toContain('sk-secret12345')
    const source = await app.call('GET', `${project}/data-sources/${sourceId}`)
    expect(source.body).toMatchObject({ status: 'connected', error: null })
    const { passages, details } = await search(app, project, 'tomatoes')
    expect(passages).toHaveLength(1)
    expect(details.vectors).toMatchObject({ state: 'skipped', reason: 'The passages are not embedded yet' })
    server.befall(() => undefined)
    await upload(app, project, { 'more.txt': 'Another text.' })
    expect(await embedded(app, project, 4)).toMatchObject({ embedded: 4, error: null })
  })

  it('is asked again after 429, 500, a wrong answer and a cut, and not sooner than it said', async () => {
    await using server = await startEmbeddingServer()
    const times: number[] = []
    const faults = [{ status: 429, headers: { 'retry-after': '1' } }, 'wrong-count', 'cut'] as const
    server.befall((_body, index) => {
      times.push(performance.now())
      return faults[index]
    })
    await using app = await startTestApp({ env: embeddingEnv(server) })
    const project = await aProject(app)
    await upload(app, project, { 'a.txt': 'Owls hunt at night.' })
    await embedded(app, project, 1)
    expect(times).toHaveLength(4)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990)
    expect(server.embedded).toHaveLength(1)
  })

  it('that changes the length of its vectors is not believed', async () => {
    await using server = await startEmbeddingServer()
    await using app = await startTestApp({ env: embeddingEnv(server) })
    const project = await aProject(app)
    await upload(app, project, { 'a.txt': 'Owls hunt at night.' })
    await embedded(app, project, 1)
    server.befall(() => 'wrong-dimensions')
    await upload(app, project, { 'b.txt': 'Bats hunt at night.' })
    const failing = await until(
      async () => (await app.call('GET', `${project}/embedding`)).body,
      ({ state }) => state === 'failing',
    )
    expect(failing).toMatchObject({ embedded: 1, total: 2, error: expect.stringContaining('33 numbers') })
    const { passages, details } = await search(app, project, 'bats')
    expect(details.vectors).toMatchObject({ state: 'skipped', reason: expect.stringContaining('33 numbers') })
    expect(passages[0].document_name).toBe('b.txt')
  })

  it('too slow for a question leaves it to words, and is not waited for again at once', async () => {
    await using server = await startEmbeddingServer()
    await using app = await startTestApp({ env: embeddingEnv(server) })
    const project = await aProject(app)
    await upload(app, project, garage)
    await embedded(app, project, 3)
    server.befall(() => 'slow')
    const start = performance.now()
    const slow = await search(app, project, 'tomatoes')
    expect(performance.now() - start).toBeLessThan(2_900)
    expect(slow.details.vectors).toMatchObject({ state: 'skipped', reason: expect.stringContaining('within 2 s') })
    expect(slow.passages[0].document_name).toBe('garden.txt')
    const asked = server.requests.length
    expect((await search(app, project, 'employee')).details.vectors.state).toBe('skipped')
    expect(server.requests).toHaveLength(asked)
  })

  it('refuses long texts: they are cut until it takes them, and the rest of the request is not lost', async () => {
    await using server = await startEmbeddingServer()
    server.befall(({ input }) =>
      input.some((text) => text.length > 300)
        ? { status: 400, error: "This model's maximum context length is 100 tokens" }
        : undefined,
    )
    await using app = await startTestApp({ env: embeddingEnv(server) })
    const project = await aProject(app)
    await upload(app, project, { 'long.txt': 'Owls hunt at night. '.repeat(40), 'short.txt': 'Bats sleep.' })
    await embedded(app, project, 2)
    expect((await search(app, project, 'owls')).passages[0].scores.vector).toBeGreaterThan(0)
  })
})

it('asks a question’s vector once however often it is asked', async () => {
  await using server = await startEmbeddingServer()
  await using app = await startTestApp({ env: embeddingEnv(server) })
  const project = await aProject(app)
  await upload(app, project, garage)
  await embedded(app, project, 3)
  const before = server.requests.length
  await Promise.all([search(app, project, 'car'), search(app, project, 'car')])
  await search(app, project, 'car')
  expect(server.requests).toHaveLength(before + 1)
})

it('without an embedding model nothing is asked and nothing is stored', async () => {
  await using app = await startTestApp()
  const project = await aProject(app)
  await upload(app, project, garage)
  await app.app.jobs.idle()
  expect((await app.call('GET', `${project}/embedding`)).body).toEqual({
    state: 'off',
    model: null,
    embedded: 0,
    total: 3,
    error: null,
  })
  const { passages, details } = await search(app, project, 'tomatoes')
  expect(details).toMatchObject({ vectors: null, rerank: null })
  expect(passages[0]).toMatchObject({ scores: { vector: null, fused: null, rerank: null } })
  expect(passages[0].score).toBe(passages[0].scores.bm25)
})

it('starts only when a configured provider has the embedding model', async () => {
  const start = startTestApp({ env: { QUORY_EMBEDDING_MODEL: 'openai/text-embedding-3-small' } })
  await expect(start).rejects.toThrow('set QUORY_EMBEDDING_BASE_URL')
})

it('an endpoint gets no more tokens a minute than is set', async () => {
  await using server = await startEmbeddingServer()
  const arrivals: number[] = []
  server.befall(() => {
    arrivals.push(performance.now())
    return undefined
  })
  const { embedding, models } = readConfig({
    ...embeddingEnv(server),
    QUORY_API_KEY: 'qk_test_0123456789abcdefghijklmnopqrstuvwxyz',
    QUORY_EMBEDDING_TOKENS_PER_MINUTE: '60000',
  })
  if (embedding === undefined) throw new Error('No embedding model is configured')
  await using embeddings = openEmbeddings({ embedding, models })
  const { signal } = new AbortController()
  // A thousand tokens each, so a second between them, less what the first was on its way for longer.
  const texts = Array.from({ length: 10 }, () => 'snow'.repeat(100))
  await Promise.all([embeddings.embedPassages(texts, signal), embeddings.embedPassages(texts, signal)])
  const [first = 0, second = 0] = arrivals
  expect(arrivals).toHaveLength(2)
  expect(second - first).toBeGreaterThan(700)
})
