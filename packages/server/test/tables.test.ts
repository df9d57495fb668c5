import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it, vi } from 'vitest'
import { openPostgres } from '../src/database/postgres.ts'
import { createTestDatabase, engines } from './support/databases.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'
import { aTableProject, listTables, query, sales, uploadTable } from './support/tables.ts'

/** Tables whose bytes are kept anywhere. */
async function keptTables(app: TestApp): Promise<number> {
  if (app.config.databaseUrl !== undefined) {
    await using db = openPostgres(app.config.databaseUrl)
    return (await db.query.selectFrom('table_chunks').select('table_id').distinct().execute()).length
  }
  const folder = join(app.config.dataDir, 'tables')
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
}

function workbook(sheets: Readonly<Record<string, string>>): Uint8Array {
  const names = Object.keys(sheets)
  const list = names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  const relationships = names.map(
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  const rows = (csv: string) => csv.split('\n').map((line) => `<row>${line.split(',').map(cell).join('')}</row>`)
  const cell = (text: string) =>
    /^\d+(\.\d+)?$/.test(text) ? `<c><v>${text}</v></c>` : `<c t="inlineStr"><is><t>${text}</t></is></c>`
  return zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8(`<workbook><sheets>${list.join('')}</sheets></workbook>`),
    'xl/_rels/workbook.xml.rels': strToU8(`<Relationships>${relationships.join('')}</Relationships>`),
    ...Object.fromEntries(
      Object.values(sheets).map((csv, i) => [
        `xl/worksheets/sheet${i + 1}.xml`,
        strToU8(`<worksheet><sheetData>${rows(csv).join('')}</sheetData></worksheet>`),
      ]),
    ),
  })
}

// Each upload starts two processes and each first query one.
vi.setConfig({ testTimeout: 90_000 })

describe.each(engines)('tables on %s', (engine) => {
  it('an uploaded CSV file becomes a table with types, statistics and a sample, and answers SQL', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const source = await uploadTable(app, project, 'Sales 2024.csv', sales)
    expect(source).toMatchObject({ status: 'connected' })
    const [listed, ...others] = await listTables(app, project)
    expect(others).toEqual([])
    expect(listed).toMatchObject({ name: 'sales_2024', file_name: 'Sales 2024.csv', row_count: 4, sheet: null })
    expect(listed.columns.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ['id', 'BIGINT'],
      ['region', 'VARCHAR'],
      ['amount', 'BIGINT'],
      ['unit_price', 'DECIMAL(18,2)'],
      ['ordered_on', 'DATE'],
      ['is_paid', 'BOOLEAN'],
    ])
    const table = (await app.call('GET', `${project}/tables/${listed.id}`)).body
    const [, region, amount] = table.columns
    expect(region.statistics).toMatchObject({ count: 4, nulls: 0, distinct: 3, min: 'East', max: 'South' })
    expect(region.statistics.top[0]).toEqual({ value: 'North', count: 2 })
    expect(amount.statistics).toMatchObject({ count: 3, nulls: 1, min: 1, max: 4 })
    expect(table.sample[0]).toEqual([1, 'North', 2, 1250, '2024-01-05', true])

    const sql = 'select region, sum(unit_price) total from sales_2024 group by region order by total desc'
    const answer = (await query(app, project, sql)).body
    expect(answer).toMatchObject({
      columns: [
        { name: 'region', type: 'VARCHAR' },
        { name: 'total', type: 'DECIMAL(38,2)' },
      ],
      rows: [
        ['North', 1262.25],
        ['South', 99.5],
        ['East', 7],
      ],
      row_count: 3,
      truncated: false,
      tables: [{ id: listed.id, name: 'sales_2024', data_source_id: source.id }],
    })
    const rows = await app.call('GET', `${project}/tables/${listed.id}/rows?offset=1&limit=2`)
    expect(rows.body).toMatchObject({ truncated: false })
    expect(rows.body.rows.map((row: unknown[]) => row[0])).toEqual([2, 3])
  })

  it('a result is cut at its limit, and says so', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    await uploadTable(app, project, 'sales.csv', sales)
    const answer = (await query(app, project, 'select * from sales', { limit: 3 })).body
    expect(answer).toMatchObject({ row_count: 3, truncated: true })
    expect((await query(app, project, 'select * from sales', { limit: 4 })).body.truncated).toBe(false)
  })

  it('a statement that is wrong, or does more than read, is a 400 in words', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    await uploadTable(app, project, 'sales.csv', sales)
    for (const sql of [
      'select nothing from sales',
      'drop table sales',
      'select 1; select 2',
      'selec',
      'select * from other',
    ]) {
      const { status, body } = await query(app, project, sql)
      expect([sql, status, body.code]).toEqual([sql, 400, 'query_refused'])
      expect(body.detail.length).toBeGreaterThan(10)
    }
  })

  it('each sheet of a workbook is a table of its own', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const content = workbook({ Staff: 'name,age\nAnna,31\nBob,45', Rooms: 'room,seats\nA1,12\nB2,40\nC3,8' })
    await uploadTable(app, project, 'office.xlsx', content)
    const tables = await listTables(app, project)
    expect(tables.map(({ name, sheet, row_count }: Record<string, unknown>) => [name, sheet, row_count])).toEqual([
      ['office_rooms', 'Rooms', 3],
      ['office_staff', 'Staff', 2],
    ])
    const path = `${project}/tables`
    const first = await app.call('GET', `${path}?limit=1`)
    expect(first.body.tables).toEqual(tables.slice(0, 1))
    const cursor = first.headers.get('x-next-cursor')
    const second = await app.call('GET', `${path}?limit=1&cursor=${cursor}`)
    expect([second.body.tables, second.headers.get('x-next-cursor')]).toEqual([tables.slice(1), null])
    expect((await app.call('GET', `${path}?cursor=nonsense`)).status).toBe(422)
    const joined = await query(app, project, 'select name from office_staff, office_rooms where age = seats + 5')
    expect(joined.body.rows).toEqual([['Bob']])
  })

  it('two files of one name get two names, and the tables go with their source', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const first = await uploadTable(app, project, 'sales.csv', sales)
    await uploadTable(app, project, 'sales.csv', `${sales}5,West,1,1.00,2024-05-01,yes\n`)
    expect((await listTables(app, project)).map(({ name }: { name: string }) => name)).toEqual(['sales', 'sales_2'])
    expect(await keptTables(app)).toBe(2)
    await app.call('DELETE', `${project}/data-sources/${first.id}`)
    expect((await listTables(app, project)).map(({ name }: { name: string }) => name)).toEqual(['sales_2'])
    expect(await keptTables(app)).toBe(1)
    expect((await query(app, project, 'select * from sales')).status).toBe(400)
    await app.call('DELETE', project)
    await app.app.jobs.idle()
    expect(await keptTables(app)).toBe(0)
  })

  it('reading a source again keeps its table, and a restart does, too', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const source = await uploadTable(app, project, 'sales.csv', sales)
    const [before] = await listTables(app, project)
    await app.call('POST', `${project}/training`, { data_source_ids: [source.id] })
    await app.app.jobs.idle()
    await app.restart()
    const [after, ...others] = await listTables(app, project)
    expect(others).toEqual([])
    expect(after).toMatchObject({ id: before.id, name: 'sales', data_version: before.data_version })
    const answer = await query(app, project, 'select count(*) from sales', { data_version: before.data_version })
    expect(answer.body).toMatchObject({ rows: [[4]], changed: false })
    expect(await keptTables(app)).toBe(1)
    expect(readdirSync(join(app.config.dataDir, 'tmp'))).toEqual([])
  })

  it("another project's tables are not there", async () => {
    await using app = await startTestApp({ engine })
    const [mine, theirs] = [await aTableProject(app, 'mine'), await aTableProject(app, 'theirs')]
    await uploadTable(app, theirs, 'secrets.csv', sales)
    const [secret] = await listTables(app, theirs)
    expect(await listTables(app, mine)).toEqual([])
    expect((await query(app, mine, 'select * from secrets')).status).toBe(400)
    expect((await app.call('GET', `${mine}/tables/${secret.id}`)).status).toBe(404)
    expect((await app.call('GET', `${mine}/tables/${secret.id}/rows`)).status).toBe(404)
  })
})

it('every node of a cluster answers from its own copy of the table', async () => {
  await using place = await createTestDatabase('postgres')
  await using first = await startTestApp({ place })
  await using second = await startTestApp({ place })
  const project = await aTableProject(first)
  await uploadTable(first, project, 'sales.csv', sales)
  for (const app of [first, second, first]) {
    expect((await query(app, project, 'select sum(amount) from sales')).body.rows).toEqual([[7]])
  }
})
