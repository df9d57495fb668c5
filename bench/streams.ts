import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchModel } from './bench-answer.ts'
import { createChats } from './bench-client.ts'
import { describeMachine, median } from './bench-figures.ts'
import { openBenchPostgres } from './bench-postgres.ts'
import { type BenchProcess, benchKey, modelSettings, startProcess, startQuory } from './bench-process.ts'
import { runStreams } from './run-client.ts'

const { values: options } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    from: { type: 'string', default: '100' },
    most: { type: 'string', default: '3200' },
  },
})
const rampMs = 4_000
const wanted = 0.99
/** The search ends when the last count that holds and the first that does not are this close. */
const precision = 1.1

type Target = 'model' | 'pipe' | 'quory'

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
    QUORY_CONCURRENT_ANSWERS: '10000',
    QUORY_CONCURRENT_ANSWERS_PER_USER: '10000',
    ...(postgres === undefined ? {} : { DATABASE_URL: `${postgres.url}/postgres` }),
  }
  const quory = stack.use(await startQuory(settings))
  const processes = { model, pipe, quory }
  console.log(`${describeMachine()}, Quory on ${options.engine}`)
  for (const target of ['model', 'pipe', 'quory'] as const) await measure(target, processes, 10)
  // A timer of 20 ms takes a little longer: what the model does alone is the ideal.
  const ideal = (await measure('model', processes, 10)).spokenMs
  const held: Record<Target, number> = { model: 0, pipe: 0, quory: 0 }
  for (const target of ['model', 'pipe', 'quory'] as const) held[target] = await search(target, processes, ideal)
  console.log(
    `Streams held at ${wanted * 100} % of the model's speed: model ${held.model}, pipe ${held.pipe}, Quory ${held.quory}; Quory / pipe ${(held.quory / held.pipe).toFixed(2)}`,
  )
}

/** Doubles until it no longer holds, then halves the gap. */
async function search(
  target: Target,
  processes: Readonly<Record<Target, BenchProcess>>,
  ideal: number,
): Promise<number> {
  let holds = 0
  let fails = Number.POSITIVE_INFINITY
  let count = Number(options.from)
  while (count <= Number(options.most) && fails / Math.max(holds, 1) > precision) {
    const { spokenMs, failure } = await measure(target, processes, count)
    const share = ideal / spokenMs
    const isHeld = failure === undefined && share >= wanted
    console.log(
      `${target.padEnd(6)} ${String(count).padStart(5)} streams: ${(100 * share).toFixed(1)} %${failure === undefined ? '' : `, ${failure}`}`,
    )
    if (isHeld) holds = count
    else fails = count
    count = fails === Number.POSITIVE_INFINITY ? 2 * count : Math.round((holds + fails) / 2)
    if (holds === 0 && count < 10) break
  }
  return holds
}

/** The median time that an answer took from its first token to its end. */
async function measure(target: Target, processes: Readonly<Record<Target, BenchProcess>>, streams: number) {
  const { url } = processes[target]
  const dialect = target === 'quory' ? 'quory' : 'openai'
  const paths =
    target === 'quory' ? await createChats(url, streams) : Array.from({ length: streams }, () => '/v1/chat/completions')
  const { spokenMs, whole, failures } = await runStreams({ url, paths, dialect, key: benchKey, rampMs })
  const failure = whole === streams ? undefined : `${streams - whole} went wrong: ${failures[0]}`
  return { spokenMs: median(spokenMs), failure }
}

await main()
