import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchAnswer, benchModel, benchTokens } from './bench-answer.ts'
import { createChats } from './bench-client.ts'
import { describeMachine, median, quantile, spread } from './bench-figures.ts'
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
import { runStreams } from './run-client.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    streams: { type: 'string', default: '50,200' },
    engine: { type: 'string', default: 'sqlite' },
    /** A folder for a CPU profile of the server. */
    profile: { type: 'string' },
  },
})
const rampMs = 4_000
const targets = ['model', 'pipe', 'quory'] as const
type Target = (typeof targets)[number]

interface Cell {
  readonly p50: number
  readonly p99: number
  /** CPU of the target's process per 1,000 tokens; of PostgreSQL beside it. */
  readonly cpu: number
  readonly databaseCpu: number
}

interface Places {
  readonly processes: Readonly<Record<Target, BenchProcess>>
  readonly postgresPid: number | undefined
}

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const postgres = options.engine === 'postgres' ? await openBenchPostgres(stack) : undefined
  const model = stack.use(await startProcess('model-server.ts'))
  const pipe = stack.use(await startProcess('byte-pipe.ts', [model.url]))
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-bench-'))
  stack.defer(() => rmSync(dataDir, { recursive: true }))
  const settings = {
    ...modelSettings(model, benchModel),
    QUORY_DATA_DIR: dataDir,
    QUORY_CONCURRENT_ANSWERS: '1000',
    QUORY_CONCURRENT_ANSWERS_PER_USER: '1000',
    ...(postgres === undefined ? {} : { DATABASE_URL: `${postgres.url}/postgres` }),
  }
  const flags = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const quory = stack.use(await startQuory(settings, { flags }))
  const places = { processes: { model, pipe, quory }, postgresPid: postgres?.pid }

  console.log(`${describeMachine()}, Quory on ${options.engine}`)
  const counts = options.streams.split(',').map(Number)
  await runCell('pipe', 50, places)
  await runCell('quory', 50, places)
  const rounds: Map<string, Cell>[] = []
  for (let round = 1; round <= Number(options.rounds); round++) {
    const cells = new Map<string, Cell>()
    for (const streams of counts)
      for (const target of targets) cells.set(`${target} ${streams}`, await runCell(target, streams, places))
    rounds.push(cells)
    console.error(`round ${round} of ${options.rounds}`)
  }
  for (const streams of counts) report(streams, rounds)
}

/** One run of so many streams through one target, from a client process of its own. */
async function runCell(target: Target, streams: number, { processes, postgresPid }: Places): Promise<Cell> {
  const { pid, url } = processes[target]
  const paths =
    target === 'quory' ? await createChats(url, streams) : Array.from({ length: streams }, () => '/v1/chat/completions')
  const before = { own: cpuMs(pid), database: databaseCpuMs(postgresPid) }
  const dialect = target === 'quory' ? 'quory' : 'openai'
  const result = await runStreams({ url, paths, dialect, key: benchKey, rampMs })
  const thousands = (streams * benchTokens.length) / 1_000
  const cpu = (cpuMs(pid) - before.own) / thousands
  const databaseCpu = (databaseCpuMs(postgresPid) - before.database) / thousands
  if (result.whole !== streams || result.firstTokenMs.length !== streams)
    throw new Error(`${streams - result.whole} of ${streams} streams of ${target} went wrong: ${result.failures[0]}`)
  if (target === 'quory') await requireStored(url, paths)
  return { p50: median(result.firstTokenMs), p99: quantile(result.firstTokenMs, 0.99), cpu, databaseCpu }
}

function databaseCpuMs(postgresPid: number | undefined): number {
  return postgresPid === undefined ? 0 : treeCpuMs(postgresPid)
}

/** Every answer stands in its chat, whole: what was relayed was also kept. */
async function requireStored(url: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${benchKey}` } })
    // As the route's schema says.
    const { messages } = (await response.json()) as { messages: { status: string; content: string }[] }
    const answer = messages.at(-1)
    if (answer?.status !== 'completed' || answer.content !== benchAnswer)
      throw new Error(`An answer was streamed but not stored: ${JSON.stringify(answer)}`)
  }
}

function report(streams: number, rounds: readonly ReadonlyMap<string, Cell>[]): void {
  const of = (target: Target, figure: keyof Cell) =>
    rounds.map((cells) => cells.get(`${target} ${streams}`)?.[figure] ?? Number.NaN)
  const compare = (figure: keyof Cell, target: Target, with_: Target, combine: (a: number, b: number) => number) =>
    of(target, figure).map((value, round) => combine(value, of(with_, figure)[round] ?? Number.NaN))
  const subtract = (a: number, b: number) => a - b
  const divide = (a: number, b: number) => a / b
  console.log(`\n${streams} streams of 50 tokens/s: median of the rounds (least-most)`)
  console.table({
    'added p50, ms': {
      pipe: spread(compare('p50', 'pipe', 'model', subtract)),
      quory: spread(compare('p50', 'quory', 'model', subtract)),
    },
    'first token p50, ms': {
      model: spread(of('model', 'p50')),
      pipe: spread(of('pipe', 'p50')),
      quory: spread(of('quory', 'p50')),
    },
    'first token p99, ms': {
      model: spread(of('model', 'p99'), 1),
      pipe: spread(of('pipe', 'p99'), 1),
      quory: spread(of('quory', 'p99'), 1),
    },
    'CPU, ms per 1,000 tokens': { pipe: spread(of('pipe', 'cpu'), 0), quory: spread(of('quory', 'cpu'), 0) },
    'CPU / pipe': { quory: spread(compare('cpu', 'quory', 'pipe', divide)) },
    ...(options.engine === 'postgres'
      ? { 'PostgreSQL CPU, ms per 1,000 tokens': { quory: spread(of('quory', 'databaseCpu'), 0) } }
      : {}),
  })
}

await main()
