import { strToU8, zipSync } from 'fflate'
import { describe, expect, it, vi } from 'vitest'
import { engines } from './support/databases.ts'
import { type ChatBody, startModelServer } from './support/model-server.ts'
import { parseEvents, startTestApp } from './support/start-test-app.ts'
import { askTables, aTableProject, query, sales, uploadTable } from './support/tables.ts'

// Each upload starts two processes and each first query one.
vi.setConfig({ testTimeout: 90_000 })

describe.each(engines)('answers from tables on %s', (engine) => {
  it('without a model: a total by group, in words, with its SQL and rows to be run again', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const source = await uploadTable(app, project, 'sales.csv', sales)
    const { chat, answer } = await askTables(app, project, 'Total amount by region?')
    expect(answer.status).toBe('completed')
    expect(answer.content).toMatch(/^The total of amount by region in “sales\.csv”:\n\n\| region \| sum_amount \|/)
    expect(answer.content).toContain('| North | 6 |')
    expect(answer.content).toContain('[1]')
    const [citation] = answer.citations
    expect(citation).toMatchObject({
      type: 'table',
      id: '1',
      number: 1,
      data_source_id: source.id,
      document_name: 'sales.csv',
      sql: 'select region, sum(amount) as sum_amount from sales group by 1 order by 1',
      rows: [
        ['East', null],
        ['North', 6],
        ['South', 1],
      ],
      row_count: 3,
      truncated: false,
      tables: [{ name: 'sales', data_source_id: source.id }],
    })
    const again = await query(app, project, citation.sql, { data_version: citation.data_version })
    expect(again.body).toMatchObject({ rows: citation.rows, changed: false })

    const stream = await app.call('GET', `${chat}/stream?message_id=${answer.id}`, undefined, { 'last-event-id': '0' })
    const shown = parseEvents(stream.text).find(({ event }) => event === 'citation')
    expect(shown?.data).toMatchObject({ type: 'table', sql: citation.sql })
    const detail = `${chat}/messages/${answer.id}/citations/1`
    const url = `${project}/data-sources/${source.id}/content`
    expect((await app.call('GET', detail)).body).toMatchObject({ source_state: 'current', before: null, url })
    await app.call('DELETE', `${project}/data-sources/${source.id}`)
    const deleted = { source_state: 'deleted', url: null, citation: { rows: citation.rows } }
    expect((await app.call('GET', detail)).body).toMatchObject(deleted)
    // Another table of the same name is not what was cited.
    await uploadTable(app, project, 'sales.csv', sales.replace('North', 'West'))
    expect((await app.call('GET', detail)).body).toMatchObject(deleted)
  })

  it('without a model: German, one number, and what it is not sure of it says', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    await uploadTable(
      app,
      project,
      'Mitarbeiter.csv',
      'Name;Stadt;Gehalt\nAnna;Berlin;52.000,50\nBob;Köln;48.000,00\nCem;Berlin;61.000,00\n',
    )
    const { answer } = await askTables(app, project, 'Wie hoch ist das durchschnittliche Gehalt in Berlin?')
    expect(answer.content).toMatch(
      /^Durchschnitt von Gehalt in “Mitarbeiter\.csv”, wobei Stadt = “Berlin”: \*\*56\.500,25\*\*\. \[1\]/,
    )
    const unsure = (await askTables(app, project, 'Warum ist das Gehalt in der Stadt Berlin am höchsten?')).answer
    expect(unsure.content).toMatch(/other questions about tables need a model/)
    expect(unsure.citations).toEqual([])
  })

  it('through Quivr’s chat: a table of an archive opens as the file it was read from', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const archive = zipSync({ 'sales.csv': strToU8(sales), 'towns.csv': strToU8('town,people\nArdal,5400\n') })
    const source = await uploadTable(app, project, 'figures.zip', archive)
    const chat = (await app.call('POST', '/chat', { name: 'c' })).body.chat_id
    const { body } = await app.call('POST', `/chat/${chat}/question?brain_id=${project.split('/').at(-1)}`, {
      question: 'Total amount by region?',
    })
    expect(body.metadata.citations).toMatchObject([{ type: 'table', data_source_id: source.id }])
    const [cited] = body.metadata.sources
    expect(cited).toMatchObject({ name: 'sales.csv', document_id: body.metadata.citations[0].document_id })
    const opened = await app.call('GET', cited.source_url)
    expect([opened.status, opened.text]).toEqual([200, sales])
  })

  it('with a model: it is offered the tables, asks them, and its numbers are cited', async () => {
    await using model = await startModelServer({ models: ['test-model'] })
    const sql = 'select sum(amount) as total from sales'
    model.script((body: ChatBody, index) => {
      if (index === 0)
        return { toolCalls: [{ name: 'list_tables' }, { name: 'query_table', arguments: { sql: 'drop table sales' } }] }
      if (index === 1) return { toolCalls: [{ name: 'query_table', arguments: { sql } }] }
      return `Seven pieces were sold [1]. ${body.messages.filter(({ role }) => role === 'tool').length} results.`
    })
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'x', QUORY_MODEL: 'openai/test-model' }
    await using app = await startTestApp({ engine, env })
    const project = await aTableProject(app)
    await uploadTable(app, project, 'sales.csv', sales)
    const { answer } = await askTables(app, project, 'How many pieces were sold?')
    expect(answer.content).toBe('Seven pieces were sold [1]. 3 results.')
    expect(answer.citations).toMatchObject([{ type: 'table', number: 1, sql, rows: [[7]] }])
    const [first, second, third] = model.requests.map(({ body }) => body)
    expect(first?.tools?.map((tool) => tool.function.name)).toEqual([
      'get_history',
      'get_context',
      'list_tables',
      'query_table',
    ])
    const told = (second?.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(told[0]).toMatch(/^sales \(4 rows, from sales\.csv\)\n- id BIGINT: 1 to 4\n- region VARCHAR: 'North'/)
    expect(told[1]).toMatch(/^The statement was not run: Only statements that read are allowed/)
    expect(third?.messages.at(-1)?.content).toBe('[1] 1 rows\ntotal\n7')
  })

  it('with a model, but without tables: none are offered', async () => {
    await using model = await startModelServer({ models: ['test-model'] })
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'x', QUORY_MODEL: 'openai/test-model' }
    await using app = await startTestApp({ engine, env })
    await askTables(app, await aTableProject(app), 'Hello?')
    expect(model.requests[0]?.body.tools?.map((tool) => tool.function.name)).toEqual(['get_history', 'get_context'])
  })
})
