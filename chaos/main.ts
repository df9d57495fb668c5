import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWorld } from './open-world.ts'
import { describePlan, type Options, readOptions } from './options.ts'
import { runRound } from './round.ts'
import { testChecker } from './self-test.ts'
import { canMount } from './small-disk.ts'
import { Summary } from './summary.ts'
import type { Engine, World } from './world.ts'

const options = readOptions()
console.log(describePlan(options))
const selfTest = testChecker()
console.log(selfTest.text)
if (!selfTest.isGood) process.exitCode = 1
else if (!options.isSelfTest) await runAll()
// All is said and cleared: a socket that a cut left half-open must not hold the run.
process.exit()

async function runAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quory-chaos-'))
  const summary = new Summary()
  const stop = stopOnSignals()
  for (const engine of options.engines) if (!stop.isAsked) await runEngine(engine, join(folder, engine), summary, stop)
  console.log(summary.toString())
  if (summary.isClean && !options.isKept) rmSync(folder, { recursive: true, force: true })
  else console.log(`logs and records: ${folder}`)
  if (!summary.isClean) process.exitCode = 1
}

/** Every tenth round on SQLite is about the disk, in a place of its own. */
function isDiskRound(engine: Engine, index: number): boolean {
  return engine === 'sqlite' && index % 10 === 4
}

async function runEngine(engine: Engine, folder: string, summary: Summary, stop: Stop): Promise<void> {
  const isDiskInjected = engine === 'sqlite' && (options.isDiskInjected || !canMount())
  if (isDiskInjected) console.log('  no small disk is mounted: SQLite is told that its file may not grow')
  await using worlds = new AsyncDisposableStack()
  stop.clear = () => worlds.disposeAsync()
  const opened = new Map<string, World>()
  const worldFor = async (isDiskSmall: boolean) => {
    const name = isDiskSmall ? 'small-disk' : 'disk'
    const nodeCount = engine === 'sqlite' ? 1 : options.nodes
    const place = { engine, folder: join(folder, name), nodeCount, isDiskSmall, isDiskInjected }
    const world = opened.get(name) ?? worlds.use(await openWorld(place))
    opened.set(name, world)
    return world
  }
  for (let index = options.first; index < options.first + options.roundsOf(engine) && !stop.isAsked; index++) {
    const world = await worldFor(isDiskRound(engine, index))
    const seed = `${options.seed}/${engine}/${index}`
    const tag = `${engine}.${index}`
    const result = await runRound(world, { seed, tag, index, isCalm: options.isCalm })
    summary.add(engine, result)
    console.log(summary.describeRound(index, result))
    if (result.findings.length > 0) writeRecords(options, folder, tag, result)
    if (result.findings.length > 0 && options.stopsAtFirst) break
  }
}

interface Stop {
  isAsked: boolean
  /** Ends every process of the engine under way. */
  clear: () => Promise<void>
}

/** The first signal lets the round end and shows the sums; the second ends everything that was started, and leaves. */
function stopOnSignals(): Stop {
  const stop: Stop = { isAsked: false, clear: () => Promise.resolve() }
  const ask = async () => {
    if (!stop.isAsked) {
      stop.isAsked = true
      return console.log('  stopping after this round')
    }
    await stop.clear()
    process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void ask())
  return stop
}

function writeRecords(
  { seed }: Options,
  folder: string,
  tag: string,
  result: Awaited<ReturnType<typeof runRound>>,
): void {
  mkdirSync(folder, { recursive: true })
  const asJson = (_: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)
  writeFileSync(join(folder, `${tag}.json`), JSON.stringify({ seed, ...result }, asJson, 1))
}
