import { setTimeout as wait } from 'node:timers/promises'
import { check } from './checker.ts'
import { runClients } from './clients.ts'
import { openDatabaseReader } from './database-reader.ts'
import { planFaults, runFaults } from './faults.ts'
import { readFinalState, waitUntilSettled } from './final-state.ts'
import { healWorld } from './open-world.ts'
import { Random } from './random.ts'
import type { FinalState, Finding, ModelCall, RoundRecords } from './records.ts'
import type { World } from './world.ts'

/** After the last fault is mended: a lease that runs out, a take-over, three attempts of the longest answers of a chat. */
const settleMs = 60_000
/** What a node may hold after hours of this. */
const maxResidentMb = 500

export interface RoundResult {
  readonly records: RoundRecords
  readonly final: FinalState
  readonly findings: readonly Finding[]
  readonly faults: readonly string[]
  /** What clients did beyond asking and reading, by kind. */
  readonly clientFaults: ReadonlyMap<string, number>
  readonly ms: number
  /** From the last mended fault until all was quiet. */
  readonly settledMs: number
}

export interface RoundOptions {
  readonly seed: string
  readonly tag: string
  /** Its number in the run. */
  readonly index: number
  readonly isCalm?: boolean
}

export async function runRound(world: World, { seed, tag, index, isCalm = false }: RoundOptions): Promise<RoundResult> {
  const startedAt = Date.now()
  world.model.calls.splice(0)
  const records: RoundRecords = {
    chats: [],
    questions: [],
    readers: [],
    looks: [],
    cancels: [],
    deletes: [],
    uploads: [],
    calls: world.model.calls,
    refusals: [],
  }
  const clientFaults = new Map<string, number>()
  const count = (kind: string) => void clientFaults.set(kind, (clientFaults.get(kind) ?? 0) + 1)
  const patience = { until: Number.POSITIVE_INFINITY }
  const complaints: string[] = []
  const plans = isCalm ? [] : planFaults(world, new Random(`${seed} faults`), index)
  let isBreaking = plans.length > 0
  const clients = runClients({
    isBreaking: () => isBreaking,
    world,
    random: new Random(`${seed} clients`),
    records,
    patience,
    tag,
    count,
  })
  await runFaults(plans, { world, random: new Random(`${seed} places`), complaints })
  isBreaking = false
  await healWorld(world)
  const healedAt = Date.now()
  patience.until = healedAt + settleMs
  await clients
  await using reader = await openDatabaseReader(world)
  const undone = await waitUntilSettled(world, reader, records, patience.until)
  const settledMs = Date.now() - healedAt
  const random = new Random(`${seed} reads`)
  const state = await readFinalState(world, reader, records, () =>
    random.pick(world.members.flatMap(({ url }) => url ?? [])),
  )
  complaints.push(...watchProcesses(world), ...(await watchCalls(records.calls)))
  const final = { ...state, complaints }
  const findings = [...undone.map((text) => ({ kind: 'stuck' as const, text })), ...check(records, final)]
  return {
    records,
    final,
    findings,
    faults: plans.map(({ name }) => name),
    clientFaults,
    ms: Date.now() - startedAt,
    settledMs,
  }
}

/** A call that goes on when its answer is over costs somebody money. */
async function watchCalls(calls: readonly ModelCall[]): Promise<string[]> {
  const until = Date.now() + 3_000
  while (calls.some(({ outcome }) => outcome === 'running') && Date.now() < until) await wait(20)
  return calls.flatMap(({ tag, number, outcome }) =>
    outcome === 'running' ? [`call ${number} of the model for ${tag} goes on after its answer is over`] : [],
  )
}

function watchProcesses({ members }: World): string[] {
  return members.flatMap(({ node }) => {
    const size = node.residentMb()
    return [...node.complaints.splice(0), ...(size > maxResidentMb ? [`${node.name} holds ${size.toFixed(0)} MB`] : [])]
  })
}
