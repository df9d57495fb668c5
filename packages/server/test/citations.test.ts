import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, inTransaction } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import type { ProjectId, SourceId } from '../src/ids.ts'
import { removeDocuments } from '../src/retrieval/document-store.ts'
import { engines } from './support/databases.ts'
import { addDocument, aPreparedDocument } from './support/documents.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelScript, type ModelServer, startModelServer } from './support/model-server.ts'
import { aPerson } from './support/quivr-people.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const before = 'Before it there is much to say about towers and clocks. '.repeat(10)
const after = ' After it there is even more to say about ropes and ringers.'.repeat(10)
const sentence = 'The great bell of Ardal weighs 4170 kilograms and was cast in 1804.'
const text = `# Ardal\n\n${before}${sentence}${after}`

describe.each(engines)('the citations of an answer, on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  let db: Database
  beforeAll(async () => {
    models = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test-secret' } })
    db = await openDatabase(app.config)
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  async function aProject(content = text) {
    const { id } = (await app.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' })).body
    const project = `/v1/projects/${id}`
    const form = aForm(['files', aFile(content), 'ardal.md'])
    const source = (await app.call('POST', `${project}/data-sources/upload`, form)).body.data_sources[0].id
    await app.app.jobs.idle()
    const chat = `${project}/chats/${(await app.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    return { id, project, chat, source: `${project}/data-sources/${source}` }
  }

  async function ask(chat: string, answer: string, question = 'How heavy is the bell?') {
    const script: ModelScript = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? answer
        : { toolCalls: [{ name: 'get_context', arguments: { query: 'great bell of Ardal' } }] }
    models.script(script)
    const { metadata } = (await app.call('POST', `${chat}/messages`, { content: question })).body
    const path = `${chat}/messages/${metadata.assistant_message_id}`
    const { body } = await until(
      () => app.call('GET', path),
      (response) => ['completed', 'failed'].includes(response.body.status),
    )
    return { path, message: body }
  }

  it('say what came of the markers, in the message and at the end of the stream', async () => {
    const { chat } = await aProject()
    const { message, path } = await ask(
      chat,
      'It “weighs 4170 kilograms” [1] and “was cast about in 1804” [1]; it is made of cheese entirely [1].',
    )
    expect(message.content).toBe(
      'It “weighs 4170 kilograms” [1] and “was cast about in 1804” [1]; it is made of cheese entirely.',
    )
    expect(message.details).toEqual({ citations: { found: 1, repaired: 1, dropped: 1 } })
    expect(message.citations.map(({ id, number, quote }: Record<string, unknown>) => [id, number, quote])).toEqual([
      ['1', 1, 'weighs 4170 kilograms'],
      ['1-2', 1, 'was cast in 1804'],
    ])
    const { text: stream } = await app.call('GET', `${chat}/stream?message_id=${message.id}`)
    expect(stream).toContain('"details":{"citations":{"found":1,"repaired":1,"dropped":1}}')
    const attempts = (await app.call('GET', `${path}/attempts`)).body
    expect(attempts).toEqual({ attempts: [] })
  })

  it('say so when every marker failed', async () => {
    const { chat } = await aProject()
    const { message } = await ask(chat, 'It weighs 9999 kilograms [1]. “Nobody has ever weighed it at all” [1].')
    expect(message.content).toBe('It weighs 9999 kilograms. “Nobody has ever weighed it at all”.')
    expect(message.citations).toEqual([])
    expect(message.details).toEqual({ citations: { found: 0, repaired: 0, dropped: 2 } })
  })

  it('come one by one with 300 characters on either side and where the original opens', async () => {
    const { chat, source } = await aProject()
    const { path, message } = await ask(chat, 'The great bell weighs 4170 kilograms [1].')
    const [citation] = message.citations
    const { status, body } = await app.call('GET', `${path}/citations/1`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ citation, source_state: 'current', changed_at: null, newer: null })
    expect(body.before).toHaveLength(300)
    expect(body.after).toHaveLength(300)
    expect(text).toContain(body.before + citation.quote + body.after)
    expect(body.url).toBe(`${source}/content`)
    expect((await app.call('GET', body.url)).text).toBe(text)
    expect((await app.call('GET', `${path}/citations/2`)).body.code).toBe('citation_not_found')
  })

  it.each([
    ['with the quote at its new place', `It was read anew. ${sentence}`, 18],
    ['without the quote', 'It was read anew, and the bell is gone.', null],
  ])('say when the source changed since, %s', async (_, content, start) => {
    const { id, chat, source } = await aProject()
    const { path, message } = await ask(chat, 'The great bell weighs 4170 kilograms [1].')
    const place = { projectId: id as ProjectId, sourceId: source.split('/').at(-1) as SourceId }
    // As a sync leaves it: the file's new text is another document.
    await inTransaction(db, (tx) => removeDocuments(tx, place.projectId, place.sourceId))
    const newer = await addDocument(db, place, aPreparedDocument([content], { headingPath: ['Ardal'] }))
    const { body } = await app.call('GET', `${path}/citations/1`)
    const [citation] = message.citations
    expect(body).toMatchObject({ citation, source_state: 'changed', before: null, after: null })
    expect(new Date(body.changed_at).getTime()).toBeGreaterThan(new Date(message.completed_at).getTime())
    expect(body.newer.document_id).toBe(newer)
    if (start === null) expect(body.newer.place).toBeNull()
    else expect(body.newer.place).toMatchObject({ start, end: start + citation.quote.length, heading_path: ['Ardal'] })
  })

  it('go on showing what was quoted when the source was deleted', async () => {
    const { chat, source } = await aProject()
    const { path, message } = await ask(chat, 'The great bell weighs 4170 kilograms [1].')
    expect((await app.call('DELETE', source)).status).toBe(200)
    const { body } = await app.call('GET', `${path}/citations/1`)
    expect(body).toEqual({
      citation: message.citations[0],
      before: null,
      after: null,
      source_state: 'deleted',
      changed_at: null,
      newer: null,
      url: null,
    })
  })

  it('come with why the answer is as it is: searches, prompt, calls and tools, without secrets', async () => {
    const { chat, id } = await aProject()
    const { path } = await ask(chat, 'The great bell weighs 4170 kilograms [1].')
    const { status, body } = await app.call('GET', `${path}/trace`)
    expect(status).toBe(200)
    expect(body.searches).toMatchObject([{ query: 'great bell of Ardal', error: null }])
    const words = { index: 'postings', segments: 1, ms: expect.any(Number) }
    expect(body.searches[0].details).toEqual({ words, vectors: null, rerank: null })
    const [passage] = body.searches[0].passages
    expect(passage).toMatchObject({ number: 1, document_name: 'ardal.md', project_id: id })
    expect(passage.scores.bm25).toBe(passage.score)
    expect(body.tools).toMatchObject([{ name: 'get_context', input: { query: 'great bell of Ardal' }, error: null }])
    expect(body.model_calls).toMatchObject([
      { purpose: 'answer', messages: [0, 1], tools: ['get_history', 'get_context'], stop_reason: 'tool-calls' },
      { purpose: 'answer', messages: [0, 1, 2, 3], stop_reason: 'stop', usage: { input_tokens: 10, output_tokens: 5 } },
    ])
    for (const call of body.model_calls) expect(call.duration_ms).toBeGreaterThanOrEqual(call.first_token_ms)
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(body.messages[3].content).toContain(sentence)
    expect(JSON.stringify(body)).not.toContain('sk-test-secret')
    expect([body.attempts, body.note]).toEqual([[], null])
  })

  it('show to others who may read the chat how long it took, and nothing that was said or searched', async () => {
    const owner = await aPerson(app, `otto-${engine}`)
    const { id, project, source } = await aProject()
    expect(source).toContain(id)
    await app.call('PUT', `${project}/members/${owner.id}`, { role: 'editor' })
    const chat = `${project}/chats/${(await owner.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    models.script(({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? 'The great bell weighs 4170 kilograms [1].'
        : { toolCalls: [{ name: 'get_context', arguments: { query: 'great bell of Ardal' } }] },
    )
    const { metadata } = (await owner.call('POST', `${chat}/messages`, { content: 'My secret question?' })).body
    const path = `${chat}/messages/${metadata.assistant_message_id}`
    await until(
      () => owner.call('GET', path),
      ({ body }) => body.status === 'completed',
    )
    expect((await owner.call('GET', `${path}/trace`)).text).toContain('My secret question?')
    const { body } = await app.call('GET', `${path}/trace`)
    expect(body.model_calls).toHaveLength(2)
    expect(body.searches[0].passages.length).toBeGreaterThan(0)
    expect(JSON.stringify(body)).not.toMatch(/My secret question|great bell of Ardal|Passages/)
    expect(body.note).toContain('Only the owner')
  })

  it('have no trace before the answer has ended, nor after the message went', async () => {
    const { chat } = await aProject()
    const { path, message } = await ask(chat, 'The great bell weighs 4170 kilograms [1].')
    const question = `${chat}/messages/${message.parent_id}`
    expect((await app.call('GET', `${question}/trace`)).body.code).toBe('trace_not_found')
    await app.call('DELETE', path)
    expect((await app.call('GET', `${path}/trace`)).body.code).toBe('message_not_found')
  })
})
