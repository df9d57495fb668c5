import { setTimeout as wait } from 'node:timers/promises'
import { checkIntegrity, openDatabaseReader } from './database-reader.ts'
import type { Random } from './random.ts'
import type { Member, World } from './world.ts'

interface FaultContext {
  readonly world: World
  readonly random: Random
  readonly complaints: string[]
}

/** Breaks something and mends it again; resolves when it is mended. */
type Fault = (context: FaultContext) => Promise<void>

const killNode: Fault = async (context) => {
  const { node } = await pickBusyMember(context)
  await node.end('SIGKILL')
  checkFiles(context)
  await wait(context.random.between(0, context.world.engine === 'sqlite' ? 200 : 1_000))
  await node.start()
}

const killWorker: Fault = async ({ world, random }) => {
  const { node } = random.pick(world.members.filter(({ url }) => url === undefined))
  await node.end('SIGKILL')
  await wait(random.between(0, 1_000))
  await node.start()
}

/** Dies again while it is still busy with what the first death left. */
const killNodeTwice: Fault = async (context) => {
  const { node } = await pickBusyMember(context)
  for (let times = 0; times < 2; times++) {
    await node.end('SIGKILL')
    checkFiles(context)
    await node.start()
    await wait(context.random.between(0, 400))
  }
}

const terminateNode: Fault = async (context) => {
  const { node } = await pickBusyMember(context)
  await stopInOrder(context, node)
  await wait(context.random.between(0, 300))
  await node.start()
}

const rollingRestart: Fault = async (context) => {
  for (const { node } of context.world.members) {
    await stopInOrder(context, node)
    await node.start()
  }
}

async function stopInOrder({ complaints }: FaultContext, node: Member['node']): Promise<void> {
  const startedAt = Date.now()
  await node.end('SIGTERM')
  const tookMs = Date.now() - startedAt
  if (tookMs > 10_000) complaints.push(`${node.name} took ${tookMs} ms to stop`)
}

const pauseBriefly: Fault = (context) => pause(context, context.random.between(500, 4_000))
/** Longer than a lease lasts: another node takes over, and this one has to notice. */
const pausePastLease: Fault = (context) => pause(context, 15_000)

async function pause(context: FaultContext, ms: number): Promise<void> {
  const { node } = await pickBusyMember(context)
  node.signal('SIGSTOP')
  await wait(ms)
  node.signal('SIGCONT')
}

const killDatabase: Fault = async ({ world, random }) => {
  await world.postgres?.kill()
  await wait(random.between(0, 1_500))
  await world.postgres?.start()
}

const cutClients: Fault = async (context) => {
  for (let times = context.random.between(1, 4); times > 0; times--) {
    pickMember(context, true).clientProxy?.cut()
    await wait(context.random.between(50, 400))
  }
}

const cutDatabase: Fault = async (context) => {
  for (let times = context.random.between(1, 3); times > 0; times--) {
    ;(await pickBusyMember(context)).databaseProxy?.cut()
    await wait(context.random.between(50, 400))
  }
}

const halfCloseClients: Fault = async (context) => {
  pickMember(context, true).clientProxy?.halfClose(context.random.pick(['client', 'server']))
}

const halfCloseDatabase: Fault = async (context) => {
  ;(await pickBusyMember(context)).databaseProxy?.halfClose(context.random.pick(['client', 'server']))
}

const delayClients: Fault = (context) => delay(context, pickMember(context, true).clientProxy)
const delayDatabase: Fault = async (context) => delay(context, (await pickBusyMember(context)).databaseProxy)

async function delay({ random }: FaultContext, proxy: Member['clientProxy']): Promise<void> {
  proxy?.delay(random.between(20, 250))
  await wait(random.between(500, 2_000))
  proxy?.delay(0)
}

const silenceClients: Fault = (context) =>
  silence(pickMember(context, true).clientProxy, context.random.between(500, 3_000))
const silenceDatabase: Fault = (context) =>
  silence(pickMember(context).databaseProxy, context.random.between(500, 4_000))
const silenceDatabaseLong: Fault = async (context) => silence((await pickBusyMember(context)).databaseProxy, 15_000)

async function silence(proxy: Member['clientProxy'], ms: number): Promise<void> {
  proxy?.blackhole(true)
  await wait(ms)
  proxy?.blackhole(false)
}

const fillDisk: Fault = async ({ world, random }) => {
  world.disk?.fill(random.pick([0, 0, 4_096, 20_000, 100_000]))
  await wait(random.between(300, 1_500))
  world.disk?.free()
}

function pickMember({ world, random }: FaultContext, hasClients = false): Member {
  return random.pick(world.members.filter(({ clientProxy }) => !hasClients || clientProxy !== undefined))
}

/** How long a fault waits for somebody to be at work. */
const findBusyMs = 1_500

/** Mostly one that generates an answer right now: its lease carries its process id. */
async function pickBusyMember(context: FaultContext): Promise<Member> {
  const { world, random } = context
  if (world.postgres === undefined || random.chance(0.1)) return pickMember(context)
  await using reader = await openDatabaseReader(world)
  for (const until = Date.now() + findBusyMs; Date.now() < until; await wait(50)) {
    const rows = await reader.rows<{ lease_owner: string }>(
      `select distinct lease_owner from answers
       where state = 'processing' and lease_owner is not null and $1::text[] is not null`,
    )
    const isBusy = ({ node }: Member) => rows.some(({ lease_owner: owner }) => owner.includes(`-${node.pid}-`))
    const busy = world.members.filter(isBusy)
    if (busy.length > 0) return random.pick(busy)
  }
  return pickMember(context)
}

function checkFiles({ world, complaints }: FaultContext): void {
  const problem = world.dataDir === undefined ? undefined : checkIntegrity(world.dataDir)
  if (problem !== undefined) complaints.push(problem)
}

export const faults = {
  'kill -9 a node': killNode,
  'kill -9 a node, twice': killNodeTwice,
  'kill -9 a worker': killWorker,
  'SIGTERM and start': terminateNode,
  'rolling restart': rollingRestart,
  'SIGSTOP within a lease': pauseBriefly,
  'SIGSTOP for 15 s': pausePastLease,
  'kill -9 the database': killDatabase,
  'cut clients off': cutClients,
  'cut the database off': cutDatabase,
  'half-close to clients': halfCloseClients,
  'half-close to the database': halfCloseDatabase,
  'delay clients': delayClients,
  'delay the database': delayDatabase,
  'no packets to clients': silenceClients,
  'no packets to the database': silenceDatabase,
  'no packets to the database for 15 s': silenceDatabaseLong,
  'disk full': fillDisk,
} satisfies Readonly<Record<string, Fault>>
export type FaultName = keyof typeof faults

interface FaultPlan {
  readonly name: FaultName
  readonly atMs: number
}

type Weights = Readonly<Partial<Record<FaultName, number>>>

/** On one node every round kills it in the middle; what else happens comes before or after. */
const sqliteExtras: Weights = {
  'SIGTERM and start': 2,
  'SIGSTOP within a lease': 1,
  'cut clients off': 3,
  'half-close to clients': 2,
  'delay clients': 1,
  'no packets to clients': 1,
}

/** These leave a lease that has to run out, so a round has one of them at most. */
const slowFaults: Weights = {
  'kill -9 a node': 4,
  'kill -9 a worker': 2,
  'kill -9 a node, twice': 1,
  'SIGSTOP for 15 s': 2,
  'no packets to the database for 15 s': 1,
}
const quickFaults: Weights = {
  'SIGTERM and start': 4,
  'rolling restart': 1,
  'SIGSTOP within a lease': 3,
  'kill -9 the database': 4,
  'cut clients off': 3,
  'cut the database off': 4,
  'half-close to clients': 2,
  'half-close to the database': 3,
  'delay clients': 1,
  'delay the database': 2,
  'no packets to clients': 1,
  'no packets to the database': 2,
}

/** What a round breaks, and when. */
export function planFaults(world: World, random: Random, round: number): FaultPlan[] {
  const pick = (weights: Weights) => random.pickWeighted(weights as Readonly<Record<FaultName, number>>)
  if (world.engine === 'sqlite') {
    if (world.disk !== undefined) {
      const plans: FaultPlan[] = [{ name: 'disk full', atMs: random.between(0, 800) }]
      if (random.chance(0.3)) plans.push({ name: 'kill -9 a node', atMs: random.between(100, 1_200) })
      return plans
    }
    const plans: FaultPlan[] = [
      { name: random.chance(0.15) ? 'kill -9 a node, twice' : 'kill -9 a node', atMs: random.between(50, 700) },
    ]
    if (random.chance(0.25)) plans.push({ name: pick(sqliteExtras), atMs: random.between(0, 800) })
    return plans
  }
  const quick = Array.from({ length: random.between(1, 2) }, () => ({
    name: pick(quickFaults),
    atMs: random.between(200, 1_800),
  }))
  return round % 3 === 0 ? [{ name: pick(slowFaults), atMs: random.between(200, 1_200) }, ...quick.slice(1)] : quick
}

/** One after the other, each not before its time: two at once on one node would only hide one another. */
export async function runFaults(plans: readonly FaultPlan[], context: FaultContext): Promise<void> {
  const startedAt = Date.now()
  for (const { name, atMs } of [...plans].sort((a, b) => a.atMs - b.atMs)) {
    await wait(Math.max(0, atMs - (Date.now() - startedAt)))
    await faults[name](context)
  }
}
