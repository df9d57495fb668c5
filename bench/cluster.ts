import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { KyselyPlugin } from 'kysely'
import { AnswerLog } from '../packages/server/src/answers/log/answer-log.ts'
import type { Database } from '../packages/server/src/database/database.ts'
import { openPostgres } from '../packages/server/src/database/postgres.ts'
import { createPostgresWakeUp } from '../packages/server/src/database/postgres-wake-up.ts'
import type { AnswerId, ProjectId } from '../packages/server/src/ids.ts'
import { createLogger } from '../packages/server/src/logger.ts'
import { benchModel, benchTokens } from './bench-answer.ts'
import { createProject, post } from './bench-client.ts'
import { describeMachine } from './bench-figures.ts'
import { openBenchPostgres } from './bench-postgres.ts'
import {
  type BenchProcess,
  benchKey,
  cpuMs,
  modelSettings,
  startProcess,
  startQuory,
  treeCpuMs,
} from './bench-process.ts'
import { runReaders } from './run-client.ts'

const { values: options } = parseArgs({
  options: {
    answers: { type: 'string', default: '10' },
    readers: { type: 'string', default: '0,1,10,100' },
    nodes: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
  },
})
const answers = Number(options.answers)
/** A model's answer takes four seconds. */
const answerMs = 4_500

interface Cluster {
  readonly databaseUrl: string
  readonly databasePid: number
  readonly writing: BenchProcess
  readonly reading: readonly BenchProcess[]
}

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const postgres = await openBenchPostgres(stack)
  const databaseUrl = `${postgres.url}/postgres`
  const model = stack.use(await startProcess('model-server.ts'))
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(dataDir, { recursive: true }))
  const settings = {
    ...modelSettings(model, benchModel),
    QUORY_DATA_DIR: dataDir,
    QUORY_CONCURRENT_ANSWERS: '1000',
    QUORY_CONCURRENT_ANSWERS_PER_USER: '1000',
    DATABASE_URL: databaseUrl,
  }
  const writing = stack.use(await startQuory(settings))
  const reading = [
    stack.use(await startQuory(settings, { args: ['--no-worker'] })),
    stack.use(await startQuory(settings, { args: ['--no-worker'] })),
  ]
  const cluster = { databaseUrl, databasePid: postgres.pid, writing, reading }
  console.log(`${describeMachine()}, one writing and two reading nodes`)
  await measureReaders(cluster, 1)
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const readers of options.readers.split(',').map(Number))
      report(readers, await measureReaders(cluster, readers))
  }
  await measureIdleNodes(cluster, Number(options.nodes))
}

/** Milliseconds of CPU per 1,000 tokens. */
interface Cost {
  readonly writing: number
  readonly reading: number
  readonly database: number
}

async function measureReaders({ databasePid, writing, reading }: Cluster, readers: number): Promise<Cost> {
  const project = await createProject(writing.url)
  const chats = await Promise.all(
    Array.from({ length: answers }, async (_, index) => (await project.post('/chats', { name: `${index}` })).id),
  )
  const times = () => ({
    writing: cpuMs(writing.pid),
    reading: reading.reduce((sum, { pid }) => sum + cpuMs(pid), 0),
    database: treeCpuMs(databasePid),
  })
  const before = times()
  await Promise.all(chats.map((chat) => project.post(`/chats/${chat}/messages`, { content: 'What do the birds see?' })))
  const urls = chats.flatMap((chat) =>
    Array.from({ length: readers }, (_, index) => `${reading[index % 2]?.url}${project.path}/chats/${chat}/stream`),
  )
  const [result] = await Promise.all([runReaders({ key: benchKey, urls }), wait(answerMs)])
  if (result.whole !== urls.length)
    throw new Error(`${urls.length - result.whole} readers failed: ${result.failures[0]}`)
  const after = times()
  const thousands = (answers * benchTokens.length) / 1_000
  const cost = (part: keyof Cost) => (after[part] - before[part]) / thousands
  return { writing: cost('writing'), reading: cost('reading'), database: cost('database') }
}

function report(readers: number, { writing, reading, database }: Cost): void {
  const figures = [
    `writing node ${writing.toFixed(0)}`,
    `reading nodes ${reading.toFixed(0)}${readers === 0 ? '' : ` (${(reading / readers).toFixed(1)} a reader)`}`,
    `PostgreSQL ${database.toFixed(0)}`,
  ]
  console.log(`${String(readers).padStart(4)} readers an answer: CPU per 1,000 tokens, ms: ${figures.join(', ')}`)
}

interface SimulatedNode {
  readonly log: AnswerLog
  readonly counts: { queries: number; rows: number; events: number }
}

/** What a node asked of the database, and how many events came back to be decoded. */
function counting(db: Database, counts: SimulatedNode['counts']): Database {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      counts.queries += 1
      counts.rows += result.rows.length
      counts.events += result.rows.filter((row) => 'event' in row).length
      return result
    },
  }
  return { ...db, query: db.query.withPlugin(plugin), [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

/** So many nodes on one database, of which only the first has readers, while answers are made elsewhere. */
async function measureIdleNodes({ databaseUrl, writing }: Cluster, count: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const logger = createLogger('error')
  const nodes: SimulatedNode[] = []
  for (let index = 0; index < count; index++) {
    const counts = { queries: 0, rows: 0, events: 0 }
    const db = counting(stack.use(openPostgres(databaseUrl)), counts)
    const node = `simulated ${index}`
    const wakeUp = stack.use(createPostgresWakeUp({ url: databaseUrl, db, node, logger }))
    nodes.push({ log: stack.use(new AnswerLog({ db, wakeUp, node, logger })), counts })
  }
  // Their own start, and the first proof that wake-ups arrive, are none of what is measured.
  await wait(2_000)
  for (const { counts } of nodes) Object.assign(counts, { queries: 0, rows: 0, events: 0 })
  const project = await createProject(writing.url)
  const asked = await Promise.all(Array.from({ length: answers }, () => ask(writing.url, project)))
  const [first] = asked
  let seen = 0
  if (first !== undefined)
    for await (const events of nodes[0]?.log.read(first, 0, AbortSignal.timeout(60_000)) ?? []) seen += events.length
  await wait(500)
  console.log(
    `${count} nodes, ${answers} answers of ${benchTokens.length} tokens, one reader of one of them, on node 0:`,
  )
  console.table(
    Object.fromEntries([
      ['node 0', { ...nodes[0]?.counts, shown: seen }],
      ['most of the others', mostOf(nodes.slice(1).map(({ counts }) => counts))],
    ]),
  )
}

async function ask(url: string, project: Awaited<ReturnType<typeof createProject>>) {
  const chat = (await project.post('/chats', { name: 'one of many' })).id
  const path = `${project.path}/chats/${chat}/messages`
  const { metadata } = await post(url, benchKey, path, { content: 'What do the birds see?' })
  const response = await fetch(`${url}${path}/${metadata?.assistant_message_id}`, {
    headers: { authorization: `Bearer ${benchKey}` },
  })
  // As the route's schema says.
  const reply = (await response.json()) as { answer_id: AnswerId }
  // The server's own ids.
  return { projectId: project.id as ProjectId, answerId: reply.answer_id }
}

function mostOf(all: readonly SimulatedNode['counts'][]): SimulatedNode['counts'] {
  const most = (part: keyof SimulatedNode['counts']) => Math.max(...all.map((counts) => counts[part]))
  return { queries: most('queries'), rows: most('rows'), events: most('events') }
}

await main()
