import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchModel, benchTokens } from './bench-answer.ts'
import { createChats, createProject } from './bench-client.ts'
import { describeMachine, quantile } from './bench-figures.ts'
import { openBenchPostgres } from './bench-postgres.ts'
import {
  type BenchProcess,
  benchKey,
  cpuMs,
  modelSettings,
  peakMb,
  residentMb,
  startProcess,
  startQuory,
} from './bench-process.ts'
import { runReaders, runStreams } from './run-client.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    readers: { type: 'string', default: '1000' },
    answers: { type: 'string', default: '200' },
    engine: { type: 'string', default: 'sqlite' },
  },
})
const readers = Number(options.readers)
const answers = Number(options.answers)

interface Round {
  readonly delays: readonly number[]
  readonly beforeMb: number
  readonly peakMb: number
  readonly cpu: number
}

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const postgres = options.engine === 'postgres' ? await openBenchPostgres(stack) : undefined
  const model = stack.use(await startProcess('model-server.ts'))
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(dataDir, { recursive: true }))
  const delaysFile = join(dataDir, 'delays.json')
  const settings = {
    ...modelSettings(model, benchModel),
    QUORY_DATA_DIR: dataDir,
    QUORY_CONCURRENT_ANSWERS: '1000',
    QUORY_CONCURRENT_ANSWERS_PER_USER: '1000',
    BENCH_DELAYS: delaysFile,
    ...(postgres === undefined ? {} : { DATABASE_URL: `${postgres.url}/postgres` }),
  }
  const measure = fileURLToPath(new URL('measure-delays.ts', import.meta.url))
  const quory = stack.use(await startQuory(settings, { flags: ['--import', measure] }))
  console.log(`${describeMachine()}, Quory on ${options.engine}`)
  for (let round = 1; round <= Number(options.rounds); round++) {
    report(`${readers} readers of one answer`, await measureRound(quory, delaysFile, () => readOneAnswer(quory.url)))
    report(`${answers} answers at 50 tokens/s`, await measureRound(quory, delaysFile, () => readManyAnswers(quory.url)))
  }
}

async function measureRound(quory: BenchProcess, delaysFile: string, run: () => Promise<void>): Promise<Round> {
  const beforeMb = residentMb(quory.pid)
  const cpuBefore = cpuMs(quory.pid)
  await run()
  const cpu = cpuMs(quory.pid) - cpuBefore
  process.kill(quory.pid, 'SIGUSR2')
  await wait(1_000)
  return { delays: JSON.parse(readFileSync(delaysFile, 'utf8')), beforeMb, peakMb: peakMb(quory.pid), cpu }
}

/** The answer waits for another one of its chat, so that all its readers are there when it begins. */
async function readOneAnswer(url: string): Promise<void> {
  const project = await createProject(url)
  const chat = `/chats/${(await project.post('/chats', { name: 'read by many' })).id}`
  await project.post(`${chat}/messages`, { content: 'The first question' })
  const { metadata } = await project.post(`${chat}/messages`, { content: 'The one that many read' })
  const stream = `${url}${project.path}${chat}/stream?message_id=${metadata?.assistant_message_id}`
  const result = await runReaders({ key: benchKey, urls: Array.from({ length: readers }, () => stream) })
  if (result.whole !== readers) throw new Error(`${readers - result.whole} readers were dropped: ${result.failures[0]}`)
}

async function readManyAnswers(url: string): Promise<void> {
  const paths = await createChats(url, answers)
  const result = await runStreams({ url, paths, dialect: 'quory', key: benchKey, rampMs: 4_000 })
  if (result.whole !== answers) throw new Error(`${answers - result.whole} answers went wrong: ${result.failures[0]}`)
}

function report(what: string, { delays, beforeMb, peakMb: peak, cpu }: Round): void {
  const tokens = what.startsWith(`${readers} readers`) ? benchTokens.length : answers * benchTokens.length
  console.log(
    [
      what.padEnd(32),
      `persisted to written: p50 ${quantile(delays, 0.5).toFixed(1)} ms, p99 ${quantile(delays, 0.99).toFixed(1)} ms,`,
      `most ${Math.max(...quantiles(delays)).toFixed(1)} ms of ${delays.length} writes;`,
      `resident ${beforeMb.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most;`,
      `CPU ${(cpu / tokens).toFixed(2)} ms a token`,
    ].join(' '),
  )
}

/** The largest without spreading a million arguments. */
function quantiles(delays: readonly number[]): readonly number[] {
  return [quantile(delays, 1)]
}

await main()
