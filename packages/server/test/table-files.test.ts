import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { engines } from './support/databases.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'
import { aTableProject, listTables, query, uploadTable } from './support/tables.ts'

// Each upload starts two processes and each first query one.
vi.setConfig({ testTimeout: 90_000 })

/** What a statement selects, as DuckDB writes it to a Parquet file. */
async function aParquetFile(select: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'quory-parquet-'))
  const instance = await DuckDBInstance.create(':memory:')
  try {
    const connection = await instance.connect()
    const path = join(folder, 'rows.parquet')
    await connection.run(`copy (${select}) to '${path}' (format parquet)`)
    connection.closeSync()
    return await readFile(path)
  } finally {
    instance.closeSync()
    await rm(folder, { recursive: true })
  }
}

async function readTable(app: TestApp, project: string) {
  const [listed, ...others] = await listTables(app, project)
  expect(others).toEqual([])
  return (await app.call('GET', `${project}/tables/${listed.id}`)).body
}

/** A value of each type that a Parquet file has, how it is typed then, and how it is shown. */
const kinds = {
  flag: ['true', 'BOOLEAN', true],
  small: ['1::utinyint', 'UTINYINT', 1],
  large: ['18446744073709551615::ubigint', 'UBIGINT', '18446744073709551615'],
  huge: ['1e38::hugeint', 'DOUBLE', 1e38],
  half: ['0.5::float', 'FLOAT', 0.5],
  not_a_number: ["'nan'::double", 'DOUBLE', 'NaN'],
  endless: ["'-infinity'::double", 'DOUBLE', '-Infinity'],
  price: ['12.50::decimal(18,2)', 'DECIMAL(18,2)', 12.5],
  words: ["'a walrus'", 'VARCHAR', 'a walrus'],
  mood: ["'calm'::enum('calm', 'wild')", 'VARCHAR', 'calm'],
  bytes: ["'\\xAA\\x00'::blob", 'BLOB', '\\xAA\\x00'],
  key: ["'0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'::uuid", 'UUID', '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'],
  day: ["date '2024-02-29'", 'DATE', '2024-02-29'],
  hour: ["time '10:30'", 'TIME', '10:30:00'],
  moment: ["timestamp '2024-02-29 10:30'", 'TIMESTAMP', '2024-02-29T10:30:00'],
  exact: ["'2024-02-29 10:30'::timestamp_ns", 'TIMESTAMP_NS', '2024-02-29T10:30:00'],
  zoned: ["'2024-02-29 10:30:00+02'::timestamptz", 'TIMESTAMP WITH TIME ZONE', '2024-02-29T08:30:00+00'],
  span: ["interval '3 days'", 'INTERVAL', '3 days'],
  numbers: ['[1, 2]::bigint[]', 'BIGINT[]', '[1, 2]'],
  measures: ['[0.5, 1.5]::double[]', 'DOUBLE[]', '[0.5, 1.5]'],
  spans: ["[interval '1 day']", 'INTERVAL[]', '[1 day]'],
  grid: ['[[1, 2], [3]]', 'INTEGER[][]', '[[1, 2], [3]]'],
  person: [
    "{'name': 'Ada', 'scores': [1, 2]}",
    'STRUCT("name" VARCHAR, scores INTEGER[])',
    "{'name': 'Ada', 'scores': [1, 2]}",
  ],
  sizes: ["map {'a': 1}", 'MAP(VARCHAR, INTEGER)', "{'a': 1}"],
  nothing: ['null', 'INTEGER', null],
} as const

describe.each(engines)('files that become tables, on %s', (engine) => {
  it('a Parquet file with columns of every type is a table, and its first rows are text', async () => {
    await using app = await startTestApp({ engine })
    const project = await aTableProject(app)
    const columns = Object.entries(kinds)
    const row = columns.map(([name, [value]]) => `${value} as ${name}`).join(', ')
    const nulls = columns.map(() => 'null').join(', ')
    const content = await aParquetFile(`select ${row} union all select ${nulls}`)
    const source = await uploadTable(app, project, 'Every Type.parquet', content)
    expect([source.status, source.configuration.warnings]).toEqual(['connected', undefined])
    const table = await readTable(app, project)
    expect(table).toMatchObject({ name: 'every_type', row_count: 2, file_name: 'Every Type.parquet' })
    const shown = table.columns.map(({ name, type }: Record<string, string>, index: number) => [
      name,
      type,
      table.sample[0][index],
    ])
    expect(shown).toEqual(columns.map(([name, [, type, value]]) => [name, type, value]))
    const statisticsOf = (wanted: string) =>
      table.columns.find(({ name }: { name: string }) => name === wanted).statistics
    expect(statisticsOf('price')).toMatchObject({ count: 1, nulls: 1, distinct: 1, min: 12.5, max: 12.5, mean: 12.5 })
    expect(statisticsOf('span')).toMatchObject({ count: 1, min: '3 days', max: '3 days', mean: null })
    expect(statisticsOf('numbers')).toEqual({
      count: 1,
      nulls: 1,
      distinct: 1,
      min: null,
      max: null,
      mean: null,
      top: [{ value: '[1, 2]', count: 1 }],
    })
    const answer = await query(app, project, 'select * from every_type where flag')
    expect(answer.body.rows).toEqual([columns.map(([, [, , value]]) => value)])
    const unnested = await query(app, project, 'select sum(n) from (select unnest(numbers) n from every_type)')
    expect(unnested.body.rows).toEqual([[3]])
    const { passages } = (await app.call('POST', `${project}/search`, { query: 'walrus' })).body
    expect(passages).toMatchObject([{ document_name: 'Every Type.parquet' }])
  })
})

describe('of files that become tables', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine: 'sqlite' })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it('a column whose statistics cannot be made costs these alone', async () => {
    const project = await aTableProject(app, crypto.randomUUID())
    const nines = '9'.repeat(38)
    const content = await aParquetFile(`select i as id, ${nines}::decimal(38,0) as "Grains of sand" from range(5) t(i)`)
    const source = await uploadTable(app, project, 'sand.parquet', content)
    expect(source.configuration.warnings).toEqual([
      'Not all statistics of these columns could be made: grains_of_sand.',
    ])
    const [id, grains] = (await readTable(app, project)).columns
    expect(id.statistics).toMatchObject({ count: 5, distinct: 5, min: 0, max: 4, mean: 2 })
    expect(grains).toMatchObject({
      label: 'Grains of sand',
      statistics: { count: 5, distinct: 1, min: nines, max: nines, mean: null },
    })
    expect((await query(app, project, 'select count(grains_of_sand) from sand')).body.rows).toEqual([[5]])
  })

  it('dates and times without end are infinity, in samples, statistics and answers', async () => {
    const project = await aTableProject(app)
    const days = "'infinity'::date as last_day, '-infinity'::date as first_day, '-infinity'::timestamp as first_moment"
    const more =
      "'infinity'::timestamp_ns as exact, ['infinity'::date, '2024-02-29'] as days, {'a': '-infinity'::date} as s"
    const content = await aParquetFile(`select 'a tapir' as animal, ${days}, ${more}`)
    const source = await uploadTable(app, project, 'endless.parquet', content)
    expect(source.status).toBe('connected')
    const table = await readTable(app, project)
    const row = [
      'a tapir',
      'infinity',
      '-infinity',
      '-infinity',
      'infinity',
      '[infinity, 2024-02-29]',
      "{'a': -infinity}",
    ]
    expect(table.sample).toEqual([row])
    expect(table.columns.map(({ statistics }: { statistics: object }) => statistics)).toMatchObject([
      { min: 'a tapir' },
      ...row.slice(1, 5).map((value) => ({ min: value, max: value, top: [{ value, count: 1 }] })),
      ...row.slice(5).map((value) => ({ top: [{ value, count: 1 }] })),
    ])
    expect((await query(app, project, 'select * from endless')).body.rows).toEqual([row])
    const later = await query(app, project, "select count(*) from endless where last_day > '9999-12-31'")
    expect(later.body.rows).toEqual([[1]])
    const { passages } = (await app.call('POST', `${project}/search`, { query: 'tapir' })).body
    expect(passages[0].text ?? JSON.stringify(passages[0])).toMatch(/infinity/)
  })

  it('a damaged Parquet file is refused in words', async () => {
    const project = await aTableProject(app, crypto.randomUUID())
    const whole = await aParquetFile('select i, i::varchar as t from range(1000) t(i)')
    const source = await uploadTable(app, project, 'half.parquet', whole.subarray(0, whole.length / 2))
    expect(source).toMatchObject({ status: 'error', error: expect.stringMatching(/damaged|not understood/) })
    expect(await listTables(app, project)).toEqual([])
  })

  it('a TSV file is a table like a CSV file', async () => {
    const project = await aTableProject(app, crypto.randomUUID())
    await uploadTable(app, project, 'birds.tsv', 'bird\tweight, g\nowl\t417\nwren\t9\n"a\tb"\t1\n')
    const table = await readTable(app, project)
    expect(table.columns).toMatchObject([
      { name: 'bird', type: 'VARCHAR' },
      { name: 'weight_g', label: 'weight, g', type: 'BIGINT' },
    ])
    expect((await query(app, project, 'select bird, weight_g from birds order by 2 desc')).body.rows).toEqual([
      ['owl', 417],
      ['wren', 9],
      ['a\tb', 1],
    ])
  })

  it('a CSV file of 10,000 columns is read and searched, says that it is no table, and harms no other', async () => {
    const project = await aTableProject(app, crypto.randomUUID())
    const row = (cell: (index: number) => string) => Array.from({ length: 10_000 }, (_, index) => cell(index)).join(',')
    const wide = [row((i) => `gauge ${i}`), row((i) => (i === 9_999 ? 'walrus' : `${i}`))].join('\n')
    const source = await uploadTable(app, project, 'wide.csv', wide)
    expect(source.status).toBe('connected')
    expect(source.configuration.warnings).toEqual([
      expect.stringMatching(/could not be made into a table.*more than 1000 columns/),
    ])
    expect(await listTables(app, project)).toEqual([])
    const { passages } = (await app.call('POST', `${project}/search`, { query: 'walrus' })).body
    expect(passages).toMatchObject([{ document_name: 'wide.csv' }])
    await uploadTable(app, project, 'birds.csv', 'bird,weight\nowl,417\nwren,9\n')
    expect((await query(app, project, 'select sum(weight) from birds')).body.rows).toEqual([[426]])
  })
})
