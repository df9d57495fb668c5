import { createWriteStream, mkdtempSync, openAsBlob, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { seededRandom } from './bench-data.ts'
import { type BenchProcess, benchKey, findChildren, peakMb, residentMb, startQuory } from './bench-process.ts'

/** A CSV file of many rows, uploaded to a server of its own: how it loads, and how fast questions to it are answered. */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const rows = Number(values.rows)
let project = ''
const regions = ['North', 'South', 'East', 'West', 'Central']

function* lines(): Generator<string> {
  const random = seededRandom(7)
  yield 'order_id,customer,region,product,quantity,unit_price,ordered_on,note\n'
  for (let row = 1; row <= rows; row++) {
    const day = 1 + Math.floor(random() * 28)
    const month = 1 + Math.floor(random() * 12)
    const date = `20${20 + Math.floor(random() * 5)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    const customer = `Customer ${Math.floor(random() * 20_000)}`
    const price = (random() * 500).toFixed(2)
    const region = regions[Math.floor(random() * regions.length)]
    yield `${row},${customer},${region},Product ${Math.floor(random() * 900)},${1 + Math.floor(random() * 9)},${price},${date},"delivered, as ordered"\n`
  }
}

async function call(server: BenchProcess, path: string, body?: object | FormData): Promise<Record<string, unknown>> {
  const isForm = body instanceof FormData
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${benchKey}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

const folder = mkdtempSync(join(tmpdir(), 'quory-bench-'))
try {
  const file = join(folder, 'orders.csv')
  await pipeline(Readable.from(lines()), createWriteStream(file))
  console.log(`${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`)
  await using server = await startQuory({ QUORY_DATA_DIR: join(folder, 'data'), QUORY_MAX_UPLOAD_MB: '500' })
  await load(server, file)
  await ask(server)
} finally {
  rmSync(folder, { recursive: true })
}

async function load(server: BenchProcess, file: string): Promise<void> {
  project = `/v1/projects/${(await call(server, '/v1/projects', { name: 'b', organization_id: 'o' }))['id']}`
  const before = residentMb(server.pid)
  const form = new FormData()
  form.append('file', await openAsBlob(file), 'orders.csv')
  const started = performance.now()
  await call(server, `${project}/data-sources/upload`, form)
  let child = 0
  for (;;) {
    for (const pid of findChildren(server.pid)) child = Math.max(child, peakOf(pid))
    const { data_sources: sources } = await call(server, `${project}/data-sources`)
    const [source] = sources as { status: string; error: string | null }[]
    if (source?.status === 'connected') break
    if (source?.status === 'error') throw new Error(source.error ?? 'it could not be read')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `loaded in ${seconds} s; server ${before.toFixed(0)} MB before, ${peakMb(server.pid).toFixed(0)} MB at most`,
  )
  console.log(`largest process beside it: ${child.toFixed(0)} MB at most`)
  const { tables } = await call(server, `${project}/tables`)
  console.log(
    `table: ${JSON.stringify((tables as { name: string; row_count: number }[]).map(({ name, row_count }) => [name, row_count]))}`,
  )
}

/** A process may end while it is looked at, and then has no memory. */
function peakOf(pid: number): number {
  try {
    return peakMb(pid) || 0
  } catch {
    return 0
  }
}

async function ask(server: BenchProcess): Promise<void> {
  const statements = [
    'select region, sum(quantity * unit_price) from orders group by region',
    "select count(*) from orders where ordered_on >= date '2023-01-01' and quantity > 5",
    'select customer, sum(quantity) from orders group by customer order by 2 desc limit 10',
    'select * from orders order by unit_price desc limit 10',
  ]
  const [first = ''] = statements
  console.log(`cold, with the process started for it: ${(await timed(server, first)).toFixed(0)} ms`)
  for (const sql of statements) {
    const times: number[] = []
    for (let run = 0; run < 5; run++) times.push(await timed(server, sql))
    console.log(`${(times.sort((a, b) => a - b)[2] ?? 0).toFixed(0)} ms  ${sql}`)
  }
  for (const pid of findChildren(server.pid)) console.log(`query process: ${peakOf(pid).toFixed(0)} MB at most`)
}

async function timed(server: BenchProcess, sql: string): Promise<number> {
  const started = performance.now()
  await call(server, `${project}/tables/query`, { sql })
  return performance.now() - started
}
