import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePdf, pdfPage } from './fixtures/make-files.ts'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

const pages = [
  ['The red panda of the first page sleeps in the morning.'],
  ['The red panda of the second page eats bamboo at noon.'],
  ['The red panda of the third page climbs in the evening.'],
]

describe.each(engines)('the filters that a model sets on its search, on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  let project: string
  beforeAll(async () => {
    models = await startModelServer()
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test' } })
    project = await aProject({
      'Panda-Guide.txt': 'The red panda of the guide sleeps in the old tree.',
      'Übersicht 100%.md': 'The red panda of the overview is red all over.',
      'pages.pdf': makePdf(pages.map((lines) => pdfPage(lines))),
    })
    await aProject({ 'secret.txt': 'The red panda of another project is nobody’s business.' })
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  async function aProject(files: Readonly<Record<string, string | Uint8Array>>) {
    const { body } = await app.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' })
    const path = `/v1/projects/${body.id}`
    for (const [name, content] of Object.entries(files)) {
      expect((await app.call('POST', `${path}/data-sources/upload`, aForm(['f', aFile(content), name]))).status).toBe(
        201,
      )
    }
    await app.app.jobs.idle()
    return path
  }

  /** What the model reads after each of its searches, made one after the other in one answer. */
  async function results(...filters: readonly Record<string, unknown>[]): Promise<string[]> {
    const read: string[] = []
    models.script(({ messages }) => {
      const last = messages.at(-1)
      if (last?.role === 'tool') read.push(last.content ?? '')
      const filter = filters[read.length]
      if (filter === undefined) return 'That is all.'
      return { toolCalls: [{ name: 'get_context', arguments: { query: 'red panda', ...filter } }] }
    })
    const chat = `${project}/chats/${(await app.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    const { metadata } = (await app.call('POST', `${chat}/messages`, { content: 'What of the panda?' })).body
    await until(
      () => app.call('GET', `${chat}/messages/${metadata.assistant_message_id}`),
      ({ body }) => ['completed', 'failed'].includes(body.status),
    )
    return read
  }

  async function found(filter: Record<string, unknown>): Promise<string[]> {
    const [text = ''] = await results(filter)
    return [...text.matchAll(/red panda of the (\w+)/g)].map(([, word]) => word ?? '').sort()
  }
  const everywhere = ['first', 'guide', 'overview', 'second', 'third']

  it('are none when it sets none', async () => {
    expect(await found({})).toEqual(everywhere)
  })

  it('keep to documents by their names, as results show them, or a part of these', async () => {
    expect(await found({ documents: ['Panda-Guide.txt'] })).toEqual(['guide'])
    expect(await found({ documents: ['panda-guide'] })).toEqual(['guide'])
    expect(await found({ documents: ['Übersicht 100%.md', 'PAGES.PDF'] })).toEqual([
      'first',
      'overview',
      'second',
      'third',
    ])
    expect(await found({ documents: 'Übersicht' })).toEqual(['overview'])
  })

  it('keep to the document of an earlier result, by its number', async () => {
    for (const number of ['1', '[1]', 1]) {
      const [, again] = await results({ documents: ['guide'] }, { documents: [number] })
      expect(again).toBe('Found again: [1]')
    }
    const [, unknown] = await results({ documents: ['guide'] }, { documents: ['7'] })
    expect(unknown).toMatch(/No result so far has the number 7/)
  })

  it('keep to sources by their names', async () => {
    expect(await found({ sources: ['pages.pdf'] })).toEqual(['first', 'second', 'third'])
    expect(await found({ sources: ['PANDA'], documents: ['pages.pdf'] })).toEqual([])
  })

  it('keep to types and pages', async () => {
    expect(await found({ media_types: ['application/pdf'] })).toEqual(['first', 'second', 'third'])
    expect(await found({ media_types: ['text'] })).toEqual(['guide', 'overview'])
    expect(await found({ first_page: 2 })).toEqual(['second', 'third'])
    expect(await found({ first_page: 2, last_page: 2 })).toEqual(['second'])
    expect(await found({ last_page: 1 })).toEqual(['first'])
    expect(await found({ first_page: 4, last_page: 9 })).toEqual([])
  })

  it('keep to the time in which documents were stored', async () => {
    expect(await found({ stored_from: '2000-01-01', stored_before: '2100-01-01T00:00:00Z' })).toEqual(everywhere)
    expect(await found({ stored_before: '2000-01-01' })).toEqual([])
    expect(await found({ stored_from: '2100-01-01T00:00:00+02:00' })).toEqual([])
  })

  it('name what there is when a name is unknown, and search where the others say', async () => {
    const [nobody, one, source] = await results(
      { documents: ['secret.txt'] },
      { documents: ['secret.txt', 'guide'] },
      { sources: ['Wiki'] },
    )
    expect(nobody).toBe(
      'No document of this project has “secret.txt” in its name. There are: Panda-Guide.txt, pages.pdf, Übersicht 100%.md.',
    )
    expect(one).toMatch(/^No document .* “secret.txt”.*\n\n\[1\] Panda-Guide.txt\n/s)
    expect(source).toMatch(/^No source of this project has “Wiki” in its name\. There are: .*pages\.pdf/)
  })

  it('say in words what was not understood, and why nothing was found', async () => {
    const [wrong, nothing] = await results(
      { first_page: 'two', stored_from: 'last week', media_types: ['text'] },
      { media_types: ['pdf'] },
    )
    expect(wrong).toMatch(/`first_page` was left out: .*whole number.*\n.*`stored_from` was left out: .*ISO 8601/)
    expect(wrong).toContain('red panda of the guide')
    expect(nothing).toBe(
      'No passage holds any of these words within what you asked for by `media_types`. The project has documents of these types: application/pdf, text/markdown, text/plain.',
    )
  })
})
