import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Database } from '../packages/server/src/database/database.ts'
import { openDatabase } from '../packages/server/src/database/open-database.ts'
import { ParseFailure } from '../packages/server/src/ingestion/parsers/parse-failure.ts'
import { openParser } from '../packages/server/src/ingestion/parsing/open-parser.ts'
import { parseFolder } from '../packages/server/src/ingestion/parsing/parse-folder.ts'
import { createProject, post } from './bench-client.ts'
import { seededRandom } from './bench-data.ts'
import { describeMachine, median, quantile, spread } from './bench-figures.ts'
import { openBenchPostgres } from './bench-postgres.ts'
import { type BenchProcess, benchKey, cpuMs, residentMb, startQuory } from './bench-process.ts'
import { ask, filesOf, ingest, type UploadProject } from './ingestion-client.ts'
import { copyPdfs, makeMixedTexts, makeTexts, TextMaker } from './ingestion-files.ts'
import { measureChatRemoval, measureRemoval } from './measure-removal.ts'

// Parsing and the way to being found, memory over many files, and what questions notice of it; one server for all.
const { values: options } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    /** A folder that holds a folder `documents`, for its PDFs. */
    data: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    /** Multiplies the generated corpora. */
    scale: { type: 'string', default: '1' },
    gigabytes: { type: 'string', default: '0.1' },
    questions: { type: 'string', default: '60' },
    /** Of `rate,memory,latency,removal,chats`. */
    parts: { type: 'string', default: 'rate,memory,latency,removal,chats' },
    /** Of `small,mixed,large,pdf`, for the rates. */
    files: { type: 'string', default: 'small,mixed,large,pdf' },
    /** A folder for a CPU profile of the server. */
    profile: { type: 'string' },
  },
})
/** As many as the server has; see `parseProcesses` in open-ingestion.ts. */
const processes = 2
const scale = Number(options.scale)
const signal = new AbortController().signal

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const postgres = options.engine === 'postgres' ? await openBenchPostgres(stack) : undefined
  const settings = {
    QUORY_DATA_DIR: join(folder, 'data'),
    QUORY_MAX_UPLOAD_MB: '500',
    ...(postgres === undefined ? {} : { DATABASE_URL: `${postgres.url}/postgres` }),
  }
  const flags = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const server = stack.use(await startQuory(settings, { flags }))
  console.log(`${describeMachine()}, ${options.engine}`)
  const parts = options.parts.split(',')
  if (parts.includes('rate')) await measureRates(server, folder)
  if (parts.includes('latency')) await measureLatency(server, folder)
  if (parts.includes('memory')) await measureMemory(server, folder)
  if (parts.includes('removal')) await measureRemovals(server, folder)
  if (parts.includes('chats')) {
    await using db = await openDatabase({ dataDir: settings.QUORY_DATA_DIR, databaseUrl: settings.DATABASE_URL })
    await measureChatRemovals(db, server)
  }
}

async function measureRemovals(server: BenchProcess, folder: string): Promise<void> {
  const paths = await filesOf(await makeTexts(join(folder, 'removed'), 1, 20_000_000 * scale, 7_000))
  const rounds: Awaited<ReturnType<typeof measureRemoval>>[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    rounds.push(await measureRemoval(await newProject(server), paths))
  }
  const of = (part: 'idle' | 'source' | 'project') =>
    spread(
      rounds.map((round) => round[part]),
      0,
    )
  console.log(
    `longest silence of the server, ms: idle ${of('idle')}, a file of ${20 * scale} MB deleted ${of('source')}, its project ${of('project')}`,
  )
}

async function measureChatRemovals(db: Database, server: BenchProcess): Promise<void> {
  const messages = 20_000 * scale
  const silences: number[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    silences.push(await measureChatRemoval(db, await newProject(server), messages))
  }
  console.log(`longest silence while a chat of ${messages} messages is deleted, ms: ${spread(silences, 0)}`)
}

async function newProject(server: BenchProcess): Promise<UploadProject> {
  return { server, path: (await createProject(server.url)).path }
}

async function measureRates(server: BenchProcess, folder: string): Promise<void> {
  const wanted = options.files.split(',')
  const corpora = new Map<string, string>()
  if (wanted.includes('small')) {
    corpora.set('small text files', await makeTexts(join(folder, 'small'), 200 * scale, 20_000, 1_000))
  }
  if (wanted.includes('mixed')) {
    corpora.set(
      'text files of 2 KB to 2 MB',
      await makeMixedTexts(join(folder, 'mixed'), 60 * scale, [2_000, 2_000_000]),
    )
  }
  if (wanted.includes('large')) {
    const count = Math.max(2, 3 * scale)
    corpora.set('large text files', await makeTexts(join(folder, 'large'), count, 4_000_000, 2_000))
  }
  const data = options.data ?? process.env['QUORY_BENCH_DATA']
  const pdfs = data === undefined ? undefined : await copyPdfs(join(data, 'documents'), join(folder, 'pdf'))
  if (pdfs !== undefined && wanted.includes('pdf')) corpora.set('PDFs', pdfs)
  const warm = await makeTexts(join(folder, 'warm'), 4, 20_000, 1)
  await using parser = openParser({ folders: [folder], processes, maxMemoryMb: 512 })
  for (const [name, corpus] of corpora) {
    const [alone, whole, ratios, used]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < Number(options.rounds); round++) {
      const parsed = await parseAlone(parser, warm, corpus)
      const ingested = await ingestWhole(server, warm, corpus)
      alone.push(parsed.bytes / 1e6 / parsed.seconds)
      whole.push(parsed.bytes / 1e6 / ingested.seconds)
      ratios.push(parsed.seconds / ingested.seconds)
      used.push(ingested.serverMs / ingested.files)
    }
    console.log(
      `${name}: parsing alone ${spread(alone)} MB of text a second, to searchable ${spread(whole)}, ratio ${spread(ratios)}, the server's own CPU time a file ${spread(used)} ms`,
    )
  }
}

async function parseAlone(parser: ReturnType<typeof openParser>, warm: string, corpus: string) {
  const run = async (folder: string) => {
    let bytes = 0
    await parseFolder({ parser, folder, concurrency: processes, timeoutMs: 300_000, signal }, ({ outcome }) => {
      if (!(outcome instanceof ParseFailure)) bytes += Buffer.byteLength(outcome.text)
    })
    return bytes
  }
  await run(warm)
  const start = performance.now()
  const bytes = await run(corpus)
  return { bytes, seconds: (performance.now() - start) / 1000 }
}

async function ingestWhole(server: BenchProcess, warm: string, corpus: string) {
  await ingest(await newProject(server), await filesOf(warm))
  const [project, paths] = [await newProject(server), await filesOf(corpus)]
  const [start, used] = [performance.now(), cpuMs(server.pid)]
  await ingest(project, paths)
  const seconds = (performance.now() - start) / 1000
  return { seconds, files: paths.length, serverMs: cpuMs(server.pid) - used }
}

/** Files of 1 to 50 MB, mostly small ones, two under way at once; the server's memory every quarter of a second. */
async function measureMemory(server: BenchProcess, folder: string): Promise<void> {
  const project = await newProject(server)
  const random = seededRandom(5)
  const samples: number[] = [residentMb(server.pid)]
  const timer = setInterval(() => samples.push(residentMb(server.pid)), 250)
  let left = Number(options.gigabytes) * 1e9
  let files = 0
  const work = async () => {
    while (left > 0) {
      const bytes = Math.min(left, 1e6 * 50 ** random())
      left -= bytes
      const texts = await makeTexts(join(folder, `memory-${++files}`), 1, bytes, 10_000 + files)
      await ingest(project, await filesOf(texts), 1)
      await rm(texts, { recursive: true })
    }
  }
  const start = performance.now()
  await Promise.all([work(), work()])
  clearInterval(timer)
  const minutes = (performance.now() - start) / 60_000
  const [first = 0] = samples
  const firstHalf = samples.slice(0, samples.length / 2)
  const lastHalf = samples.slice(samples.length / 2)
  const figures = [first, median(samples), Math.max(...firstHalf), Math.max(...lastHalf)].map(Math.round).join(', ')
  console.log(
    `memory over ${options.gigabytes} GB in ${files} files and ${minutes.toFixed(1)} min: start, median, most of the first and of the last half ${figures} MB`,
  )
}

async function measureLatency(server: BenchProcess, folder: string): Promise<void> {
  const [project, bulk] = [await newProject(server), await newProject(server)]
  await ingest(project, await filesOf(await makeTexts(join(folder, 'asked'), 20, 50_000, 3_000)))
  const maker = new TextMaker(4_000)
  const count = Number(options.questions)
  const chat = await post(server.url, benchKey, `${project.path}/chats`, { name: 'bench' })
  const question = () => `What is ${maker.paragraph().split(' ').slice(0, 8).join(' ')}?`
  for (let i = 0; i < 10; i++) await ask(project, chat.id, question())
  const idle = await askMany(() => ask(project, chat.id, question()), count)
  let isOver = false
  const paths = [
    ...(await filesOf(await makeTexts(join(folder, 'bulk-large'), 2 * scale, 8_000_000, 5_000))),
    ...(await filesOf(await makeTexts(join(folder, 'bulk-small'), 100 * scale, 20_000, 6_000))),
  ]
  const ingesting = ingest(bulk, paths, 4).finally(() => {
    isOver = true
  })
  const busy = await askMany(
    () => ask(project, chat.id, question()),
    100_000,
    () => isOver,
  )
  await ingesting
  for (const part of ['first', 'end'] as const) {
    for (const share of [0.5, 0.95]) {
      const [before, during] = [idle, busy].map((answers) =>
        quantile(
          answers.map((answer) => answer[part]),
          share,
        ),
      )
      const ratio = ((during ?? 0) / (before ?? 1)).toFixed(2)
      const what = part === 'first' ? 'first words' : 'end'
      console.log(
        `an answer's ${what}, p${100 * share}: idle ${before?.toFixed(1)} ms (${idle.length}), during ingestion ${during?.toFixed(1)} ms (${busy.length}), ratio ${ratio}`,
      )
    }
  }
}

async function askMany(askOne: () => ReturnType<typeof ask>, count: number, isOver = () => false) {
  const answers: Awaited<ReturnType<typeof ask>>[] = []
  while (answers.length < count && !isOver()) {
    answers.push(await askOne())
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  return answers
}

await main()
