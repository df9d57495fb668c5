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

async function runAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quory-chaos-'))
  const summary = new Summary()
  for (const engine of options.engines) await runEngine(engine, join(folder, engine), summary)
  console.log(summary.toString())
  if (summary.isClean && !options.isKept) rmSync(folder, { recursive: true, force: true })
  else console.log(`logs and records: ${folder}`)
  if (!summary.isClean) process.exitCode = 1
}

/** Every tenth round on SQLite is about the disk, in a place of its own. */
function isDiskRound(engine: Engine, index: number): boolean {
  return engine === 'sqlite' && canMount() && index % 10 === 4
}

async function runEngine(engine: Engine, folder: string, summary: Summary): Promise<void> {
  if (engine === 'sqlite' && !canMount())
    console.log('  no right to mount a small disk here: rounds with a full disk are left out')
  await using worlds = new AsyncDisposableStack()
  const opened = new Map<string, World>()
  const worldFor = async (isDiskSmall: boolean) => {
    const name = isDiskSmall ? 'small-disk' : 'disk'
    const nodeCount = engine === 'sqlite' ? 1 : options.nodes
    const world =
      opened.get(name) ?? worlds.use(await openWorld({ engine, folder: join(folder, name), nodeCount, isDiskSmall }))
    opened.set(name, world)
    return world
  }
  for (let index = options.first; index < options.first + options.roundsOf(engine); index++) {
    const world = await worldFor(isDiskRound(engine, index))
    const seed = `${options.seed}/${engine}/${index}`
    const tag = `${engine}.${index}`
    const result = await runRound(world, { seed, tag, hasKeys: options.hasKeys, isCalm: options.isCalm })
    summary.add(engine, result)
    console.log(summary.describeRound(index, result))
    if (result.findings.length > 0) writeRecords(options, folder, tag, result)
    if (result.findings.length > 0 && options.stopsAtFirst) break
  }
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
