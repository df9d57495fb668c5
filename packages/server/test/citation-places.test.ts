import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docxParagraph, makeDocx } from './fixtures/make-files.ts'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startModelServer } from './support/model-server.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

interface SentCitation {
  readonly data_source_id: string
  readonly start: number
  readonly end: number
  readonly quote: string
  readonly heading_path: readonly string[]
  readonly row_start: number | null
  readonly row_end: number | null
}

const handbook = readFileSync(join(import.meta.dirname, '../../../examples/handbook.md'))
const docx = makeDocx(
  [
    docxParagraph('Club rules', 'H1'),
    docxParagraph('Boats', 'H2'),
    docxParagraph('Canoes are lent to members for one weekend.'),
    docxParagraph('Fees', 'H2'),
    docxParagraph('Members pay ninety crowns in spring.'),
  ].join(''),
)
const html = `<title>Club rules</title><h1>Club rules</h1><h2>Boats</h2><p>Canoes are lent to members for one weekend.</p>
<h2>Fees</h2><p>Members pay ninety crowns in spring.</p>`
const rtf = String.raw`{\rtf1\ansi\pard\outlinelevel0 Club rules\par\pard\outlinelevel1 Boats\par
\pard Canoes are lent to members for one weekend.\par\pard\outlinelevel1 Fees\par\pard Members pay ninety crowns in spring.\par}`
const asciidoc =
  '= Club rules\n\n== Boats\n\nCanoes are lent to members for one weekend.\n\n== Fees\n\nMembers pay ninety crowns in spring.\n'
const docbook = `<book><title>Club rules</title><chapter><title>Boats</title><para>Canoes are lent to members for one weekend.</para>
</chapter><chapter><title>Fees</title><para>Members pay ninety crowns in spring.</para></chapter></book>`
const csv = 'city,river,population\nParis,Seine,2103000\nLyon,Rhône,522000\nKöln,Rhein,1084000\n'
/** Without a header, and every line as wide as the next: what looks like one wrapped sentence. */
const plainRows = Array.from(
  { length: 6 },
  (_, row) => `ship ${row},carries coal and timber,berth ${row * 7 + 10},2024`,
)

describe.each(engines)('what a citation names, on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  let projects = 0
  async function ask(content: string | Uint8Array, name: string, question: string, on = app) {
    const created = await on.call('POST', '/v1/projects', { name: `p${++projects}`, organization_id: 'o' })
    const project = `/v1/projects/${created.body.id}`
    const upload = await on.call('POST', `${project}/data-sources/upload`, aForm(['files', aFile(content), name]))
    expect(upload.status).toBe(201)
    await on.app.jobs.idle()
    const chat = `${project}/chats/${(await on.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    const { metadata } = (await on.call('POST', `${chat}/messages`, { content: question })).body
    const { body } = await until(
      () => on.call('GET', `${chat}/messages/${metadata.assistant_message_id}`),
      (response) => response.body.status === 'completed',
    )
    const found = await on.call('POST', `${project}/search`, { query: question })
    return {
      citation: body.citations[0] as SentCitation,
      content: body.content as string,
      passage: found.body.passages[0],
    }
  }

  it('is the section of the quote in a Markdown passage of several', async () => {
    const { citation, passage } = await ask(handbook, 'handbook.md', 'How many days of holiday do we have?')
    expect(citation.quote).toContain('28 days of holiday')
    expect(citation.heading_path).toEqual(['Fjordlight Handbook', 'Holidays'])
    // A search result is the passage, and keeps its own place.
    expect(passage.heading_path).toEqual(['Fjordlight Handbook'])
    expect(passage).not.toHaveProperty('changes')
  })

  it.each([
    ['a Word file', docx, 'rules.docx'],
    ['a web page', html, 'rules.html'],
    ['a Rich Text file', rtf, 'rules.rtf'],
    ['an AsciiDoc file', asciidoc, 'rules.adoc'],
    ['a DocBook file', docbook, 'rules.xml'],
  ])('is the section of the quote in %s', async (_, content, name) => {
    const fees = await ask(content, name, 'How much do members pay in spring?')
    expect(fees.citation).toMatchObject({
      quote: 'Members pay ninety crowns in spring.',
      heading_path: ['Club rules', 'Fees'],
    })
    const boats = await ask(content, `other-${name}`, 'Who are canoes lent to?')
    expect(boats.citation.heading_path).toEqual(['Club rules', 'Boats'])
  })

  it('is the row of the quote in a table', async () => {
    const { citation, content, passage } = await ask(csv, 'cities.csv', 'What is the population of Lyon?')
    expect(citation).toMatchObject({ quote: 'city: Lyon; river: Rhône; population: 522000', row_start: 3, row_end: 3 })
    expect(content).toContain('[1] cities.csv, row 3')
    expect(passage).toMatchObject({ row_start: 1, row_end: 4 })
  })

  it('is one row where the rows look like lines of a paragraph', async () => {
    const { citation } = await ask(plainRows.join('\n'), 'ships.csv', 'Which ship is at berth 31?')
    expect(citation).toMatchObject({
      quote: 'ship 3 | carries coal and timber | berth 31 | 2024',
      row_start: 4,
      row_end: 4,
    })
  })
})

it('a model’s citation names the section and row of its quote too', async () => {
  await using models = await startModelServer()
  await using app = await startTestApp({ env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test' } })
  const { body: project } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  const path = `/v1/projects/${project.id}`
  const files = aForm(['files', aFile(handbook), 'handbook.md'], ['files', aFile(csv), 'cities.csv'])
  await app.call('POST', `${path}/data-sources/upload`, files)
  await app.app.jobs.idle()
  const chat = `${path}/chats/${(await app.call('POST', `${path}/chats`, { name: 'c' })).body.id}`
  const answer = async (query: string, text: string) => {
    models.script([{ toolCalls: [{ name: 'get_context', arguments: { query } }] }, text])
    const { metadata } = (await app.call('POST', `${chat}/messages`, { content: query })).body
    const { body } = await until(
      () => app.call('GET', `${chat}/messages/${metadata.assistant_message_id}`),
      (response) => response.body.status === 'completed',
    )
    return body.citations
  }
  expect(await answer('holiday days', 'You have 28 days of holiday a year [1].')).toMatchObject([
    { heading_path: ['Fjordlight Handbook', 'Holidays'], row_start: null },
  ])
  expect(await answer('population of Köln', 'Köln on the Rhein has a population of 1084000 [1].')).toMatchObject([
    { document_name: 'cities.csv', row_start: 4, row_end: 4 },
  ])
})
