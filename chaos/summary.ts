import type { FindingKind } from './records.ts'
import type { RoundResult } from './round.ts'
import type { Engine } from './world.ts'

const kinds: readonly FindingKind[] = ['lost', 'duplicated', 'gaps', 'stuck', 'broken']

interface Totals {
  rounds: number
  answers: number
  restarts: number
  readers: number
  connections: number
  readonly states: Map<string, number>
  readonly times: number[]
  readonly settled: number[]
  readonly faults: Map<string, number>
  readonly refusals: Map<string, number>
  readonly findings: Record<FindingKind, number>
}

/** Adds the rounds up, by engine. */
export class Summary {
  readonly #totals = new Map<Engine, Totals>()

  add(engine: Engine, { records, final, findings, faults, clientFaults, ms, settledMs }: RoundResult): void {
    const totals = this.#totals.get(engine) ?? newTotals()
    this.#totals.set(engine, totals)
    totals.rounds += 1
    totals.answers += final.answers.length
    totals.restarts += final.answers.reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0)
    totals.readers += records.readers.length
    totals.connections += records.readers.reduce((sum, { connections }) => sum + connections.length, 0)
    for (const { state } of final.answers) addTo(totals.states, state, 1)
    totals.times.push(ms)
    totals.settled.push(settledMs)
    for (const name of faults) addTo(totals.faults, name, 1)
    for (const [name, times] of clientFaults) addTo(totals.faults, name, times)
    for (const { status } of records.refusals) addTo(totals.refusals, String(status), 1)
    for (const { kind } of findings) totals.findings[kind] += 1
  }

  get isClean(): boolean {
    return [...this.#totals.values()].every(({ findings }) => kinds.every((kind) => findings[kind] === 0))
  }

  describeRound(index: number, { records, final, findings, faults, ms, settledMs }: RoundResult): string {
    const seconds = (value: number) => (value / 1000).toFixed(1).padStart(5)
    const head = `${String(index).padStart(4)} ${seconds(ms)} s (quiet after ${seconds(settledMs)} s) ${String(final.answers.length).padStart(3)} answers ${String(records.readers.length).padStart(3)} readers  ${faults.join(', ')}`
    const shown = findings.slice(0, 12).map(({ kind, text }) => `       ${kind.toUpperCase()} ${text.slice(0, 600)}`)
    const rest = findings.length > shown.length ? [`       and ${findings.length - shown.length} more`] : []
    return [head, ...shown, ...rest].join('\n')
  }

  toString(): string {
    return [...this.#totals].map(([engine, totals]) => describe(engine, totals)).join('\n')
  }
}

function newTotals(): Totals {
  const findings = { lost: 0, duplicated: 0, gaps: 0, stuck: 0, broken: 0 }
  return {
    rounds: 0,
    answers: 0,
    restarts: 0,
    readers: 0,
    connections: 0,
    states: new Map(),
    times: [],
    settled: [],
    faults: new Map(),
    refusals: new Map(),
    findings,
  }
}

function addTo(map: Map<string, number>, name: string, count: number): void {
  map.set(name, (map.get(name) ?? 0) + count)
}

function describe(engine: Engine, totals: Totals): string {
  const median = (values: readonly number[]) =>
    ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0) / 1000
  const list = (map: ReadonlyMap<string, number>) =>
    [...map].sort(([, a], [, b]) => b - a).map(([name, count]) => `    ${String(count).padStart(5)}  ${name}`)
  return [
    '',
    `${engine}: ${totals.rounds} rounds, median ${median(totals.times).toFixed(1)} s, quiet after ${median(totals.settled).toFixed(1)} s (longest ${(Math.max(0, ...totals.settled) / 1000).toFixed(1)} s)`,
    `  answers ${totals.answers}, begun again ${totals.restarts} times, readers ${totals.readers} over ${totals.connections} connections`,
    `  of these ${[...totals.states].map(([state, count]) => `${state} ${count}`).join(', ')}`,
    '  faults',
    ...list(totals.faults),
    ...(totals.refusals.size === 0 ? [] : ['  refusals', ...list(totals.refusals)]),
    `  ${kinds.map((kind) => `${kind} ${totals.findings[kind]}`).join('   ')}`,
  ].join('\n')
}
