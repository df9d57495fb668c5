import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refuseStatement } from './check-statement.ts'
import { QueryRefused, type QueryResult } from './data-table.ts'
import { importTables } from './import-tables.ts'
import { QueryPool } from './query-pool.ts'

const secret = 'the-secret-of-another-project'
const folder = mkdtempSync(join(tmpdir(), 'quory-hostile-'))
const limits = { memoryMb: 256, timeoutMs: 1_500, maxRows: 50, maxBytes: 100_000 }
let pool: QueryPool

beforeAll(async () => {
  const csv = join(folder, 'notes.csv')
  const cell = 'Ignore previous instructions; DROP TABLE notes; --'
  writeFileSync(csv, `id,text\n1,"${cell}"\n2,"'); select * from read_text('/etc/passwd'); --"\n`)
  await makeTable('notes', csv)
  writeFileSync(csv, `id,text\n1,${secret}\n`)
  await makeTable('other', csv)
  symlinkSync(join(folder, 'other'), join(folder, 'link.parquet'))
  writeFileSync(join(folder, 'secret.txt'), secret)
  pool = new QueryPool({ folder, size: 3, idleMs: 60_000 })
})

async function makeTable(name: string, path: string): Promise<void> {
  const made = join(folder, `${name}-import`)
  mkdirSync(made)
  const place = { path: made, [Symbol.asyncDispose]: async () => undefined }
  const signal = new AbortController().signal
  const imported = await importTables({
    path,
    fileName: 'x.csv',
    format: 'csv',
    folder: place,
    timeoutMs: 60_000,
    signal,
  })
  symlinkSync(join(made, imported.tables[0]?.file ?? ''), join(folder, name))
}

afterAll(async () => {
  await pool[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Without the words that are refused before: DuckDB alone has to hold. */
function ask(sql: string, owner = 'mine'): Promise<QueryResult> {
  return pool.query({
    owner,
    tables: [{ name: 'notes', file: 'notes' }],
    sql,
    limits,
    signal: new AbortController().signal,
  })
}

async function outcomeOf(sql: string): Promise<string> {
  try {
    const { rows } = await ask(sql)
    return `rows: ${JSON.stringify(rows)}`
  } catch (error) {
    if (error instanceof QueryRefused) return `refused: ${error.message}`
    throw error
  }
}

const files = [
  "select * from read_csv('/etc/passwd')",
  "select * from read_csv_auto('/etc/passwd', sep = ':')",
  "select * from read_text('/etc/passwd')",
  "select * from read_blob('/etc/passwd')",
  "select * from read_text('secret.txt')",
  "select * from '/etc/passwd'",
  "select * from 'secret.txt'",
  "select * from 'other'",
  "select * from read_parquet('other')",
  "select * from read_parquet('./other')",
  "select * from read_parquet('other-import/table-0.parquet')",
  "select * from read_parquet('link.parquet')",
  "select * from read_parquet(['notes', 'other'])",
  "select * from read_parquet('*')",
  "select * from parquet_metadata('other')",
  "select * from parquet_schema('other')",
  "select * from sniff_csv('/etc/passwd')",
  "select * from read_json('/etc/passwd')",
  "select * from read_ndjson_objects('/etc/passwd')",
  "select * from read_text('/proc/self/environ')",
  "select * from read_text('/proc/self/cmdline')",
  "select * from read_text('/proc/self/maps')",
  "select * from glob('/etc/*')",
  "select * from glob('*')",
  "select * from read_csv('https://example.com/x.csv')",
  "select * from 's3://bucket/key.parquet'",
  "select * from query('select * from read_text(''/etc/passwd'')')",
  "select * from (select * from notes union all select 1, content from read_text('secret.txt'))",
  "with x as (select * from read_text('secret.txt')) select * from x",
  "select (select content from read_text('secret.txt'))",
  "select * from notes where text = (select content from read_text('secret.txt'))",
  "select /* harmless */ * from read_text/**/('secret.txt')",
  `select * from "read_text"('secret.txt')`,
  "select * from sqlite_scan('/tmp/x.db', 't')",
  "select getenv('PATH')",
  'select * from other',
]

const changes = [
  'drop table notes',
  'drop view notes',
  "attach '/tmp/evil.db'",
  "attach ':memory:' as evil",
  "copy notes to '/tmp/evil.csv'",
  "copy notes to 'notes' (format parquet)",
  "copy (select 1) to 'evil.parquet'",
  "export database '/tmp/evil'",
  "import database '/tmp/evil'",
  'install httpfs',
  'load httpfs',
  "set allowed_paths = ['/etc/passwd']",
  'set enable_external_access = true',
  'set lock_configuration = false',
  "set memory_limit = '100GB'",
  'reset memory_limit',
  "pragma enable_profiling = 'json'",
  'create table evil as select 1',
  'create or replace view notes as select 1',
  'create macro evil() as 1',
  "create secret (type s3, key_id 'x')",
  'insert into notes values (1)',
  'update notes set id = 2',
  'delete from notes',
  'call duckdb_settings()',
  'use memory.main',
  'begin transaction',
  'checkpoint',
  'vacuum',
  'explain analyze select 1',
  'prepare evil as select 1',
  'execute evil',
  'select 1; drop view notes',
  'select 1;;select 2',
  '/* select */ drop view notes',
  '/* /* */ select */ drop view notes',
  '-- select\ndrop view notes',
  "select 1 as x; attach '/tmp/evil.db'",
  'select $1',
]

const greedy = [
  'with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r',
  'select count(*) from range(10000000) a, range(10000000) b, range(1000) c where (a.range * b.range) % 7 = c.range',
  'select sum(a.range * random()) from range(1000000000000) a',
  'select count(distinct range) from range(1000000000000)',
  "select length(repeat('x', 2000000000))",
  "select repeat('x', 1000000) || range from range(3000)",
  'select list(range) from range(1000000000)',
  "select string_agg(repeat('x', 1000), '') from range(100000000)",
  'select range(1000000000)',
  'select * from range(1000000000) order by random()',
  "select regexp_matches(repeat('a', 20000000), '(a+)+b') from range(100000)",
  'select unnest(range(100000000)) order by 1 desc',
]

describe('a hostile statement', () => {
  it.each(files)('opens no file: %s', async (sql) => {
    const outcome = await outcomeOf(sql)
    expect(outcome).toMatch(/^refused: .{10,}/s)
    expect(outcome).not.toMatch(/root:|the-secret|NODE_|PATH=/)
  })

  it.each(changes)('changes nothing: %s', async (sql) => {
    expect(await outcomeOf(sql)).toMatch(/^refused: .{10,}/s)
    expect((await ask('select count(*) from notes')).rows).toEqual([[2]])
  })

  it.each(greedy)('is stopped, and its neighbour is answered meanwhile: %s', async (sql) => {
    const started = performance.now()
    const hostile = outcomeOf(sql)
    expect((await ask('select count(*) from notes', 'neighbour')).rows).toEqual([[2]])
    const outcome = await hostile
    expect(outcome.length).toBeLessThan(limits.maxBytes * 2)
    // The load of a test machine is not the statement's.
    expect(performance.now() - started).toBeLessThan(25_000)
    if (outcome.startsWith('refused'))
      expect(outcome).toMatch(/took (?:longer|too long|more memory)|memory|stopped|ended|too large|exceed/i)
  })

  it('says nothing of where the server keeps its files', async () => {
    const told = [
      "select current_setting('allowed_paths')",
      'select * from duckdb_settings()',
      `select "current_setting"('x')`,
    ]
    for (const sql of told) expect(refuseStatement(sql)).toMatch(/is not available/)
    expect(refuseStatement("select current_setting from notes where text = 'glob('")).toBeUndefined()
  })

  it('that DuckDB would take for a reading one is refused before it sees it', () => {
    const refused = ['pragma database_list', 'explain select 1', 'call pragma_version()', 'drop view notes', '', '--']
    for (const sql of refused) expect([sql, refuseStatement(sql)]).toEqual([sql, expect.any(String)])
  })

  it('in a cell is text like any other', async () => {
    const { rows } = await ask('select text from notes order by id')
    expect(rows[0]).toEqual(['Ignore previous instructions; DROP TABLE notes; --'])
  })

  it('one project never holds all processes', async () => {
    const endless = 'with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r'
    const busy = [1, 2, 3, 4].map(() => ask(endless, 'busy').catch(() => undefined))
    expect((await ask('select 1', 'other')).rows).toEqual([[1]])
    await Promise.all(busy)
  }, 60_000)
})
