import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Engine } from './world.ts'

export interface Options {
  readonly engines: readonly Engine[]
  readonly seed: string
  readonly first: number
  readonly nodes: number
  readonly isCalm: boolean
  readonly isKept: boolean
  readonly isSelfTest: boolean
  readonly isDiskInjected: boolean
  readonly stopsAtFirst: boolean
  roundsOf(engine: Engine): number
}

const help = `npm run chaos -- [options]

Breaks a running Quory on purpose and checks that nothing is lost. Starts its own processes, PostgreSQL and model server.

  --engine sqlite|postgres|both   where to run (both)
  --rounds N                      rounds per engine (20)
  --seed TEXT                     what chance comes from; printed, random unless given
  --first N                       number of the first round, to run one again: --seed S --first 17 --rounds 1
  --nodes N                       processes on PostgreSQL (3)
  --short                         few rounds on both engines, as "npm test" runs it
  --stop                          stop an engine at its first finding
  --calm                          break nothing: shows what the harness itself does
  --keep                          keep logs and records of a clean run too
  --inject                        let SQLite say that its disk is full, as where none may be mounted
  --self-test                     only check that the checker finds what doctored records hide
`

/** What the short form runs: about two minutes on two busy cores. */
const shortRounds: Readonly<Record<Engine, number>> = { sqlite: 12, postgres: 6 }

export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: 'both' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      first: { type: 'string', default: '0' },
      nodes: { type: 'string', default: '3' },
      short: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
      calm: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'self-test': { type: 'boolean', default: false },
      inject: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  const rounds = values.rounds === undefined ? 20 : Number(values.rounds)
  return {
    engines: readEngines(values.engine),
    seed: values.seed ?? randomBytes(4).toString('hex'),
    first: Number(values.first),
    nodes: Number(values.nodes),
    isCalm: values.calm,
    isKept: values.keep,
    isSelfTest: values['self-test'],
    isDiskInjected: values.inject,
    stopsAtFirst: values.stop,
    roundsOf: (engine) => (values.short ? shortRounds[engine] : rounds),
  }
}

function readEngines(text: string): readonly Engine[] {
  if (text === 'both') return ['sqlite', 'postgres']
  if (text === 'sqlite' || text === 'postgres') return [text]
  throw new Error('--engine must be sqlite, postgres or both')
}

export function describePlan({ engines, seed, roundsOf }: Options): string {
  return `chaos: ${engines.map((engine) => `${roundsOf(engine)} rounds on ${engine}`).join(', ')}; seed ${seed}`
}
