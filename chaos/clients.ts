import { setTimeout as wait } from 'node:timers/promises'
import { Asker } from './asker.ts'
import { call } from './http-client.ts'
import type { Random } from './random.ts'
import type { ChatRecord, RoundRecords, Try } from './records.ts'
import { uploadFile } from './uploads.ts'
import type { Patience, World } from './world.ts'

export interface ClientOptions {
  readonly world: World
  readonly random: Random
  readonly records: RoundRecords
  readonly patience: Patience
  /** Names everything that the round makes. */
  readonly tag: string
  /** Whether something is being broken: as long as it is, there are questions. */
  isBreaking(): boolean
  /** What clients do to a server, by kind, for the summary. */
  count(kind: string): void
}

/** A chat asks on while faults go on, up to so many questions. */
const maxQuestions = 6

/** Several people in several chats at once: they ask, read, hang up, come back, ask twice, cancel and delete. */
export async function runClients(options: ClientOptions): Promise<void> {
  const { random, tag, world } = options
  const work = Array.from(
    { length: world.engine === 'sqlite' ? random.between(2, 3) : random.between(3, 6) },
    async (_, index) => {
      await wait(random.between(0, 200))
      await talk(options, `${tag}.${index}`)
    },
  )
  if (random.chance(world.engine === 'sqlite' ? 0.15 : 0.25)) work.push(uploadFile(options, `${tag}.file`))
  await Promise.all(work)
}

async function talk(options: ClientOptions, tag: string): Promise<void> {
  const { random, records, isBreaking } = options
  const chat = await openChat(options, tag, random.chance(0.1))
  if (chat === undefined) return
  records.chats.push(chat)
  const asker = new Asker(options, chat)
  const least = random.between(1, 3)
  for (let question = 0; question < (isBreaking() ? maxQuestions : least); question++) {
    asker.ask(`${tag}.${question}`)
    await wait(random.between(0, 700))
  }
  await asker.done()
}

/** Makes a chat, in a project of its own when it is to be deleted with it; tried until it is told of one. */
async function openChat(options: ClientOptions, name: string, isAlone: boolean): Promise<ChatRecord | undefined> {
  const projectId = isAlone
    ? await make(options, '/v1/projects', { name, organization_id: 'chaos' })
    : options.world.projectId
  if (projectId === undefined) return undefined
  const chatId = await make(options, `/v1/projects/${projectId}/chats`, { name })
  return chatId === undefined ? undefined : { projectId, chatId, name }
}

async function make(
  options: ClientOptions,
  path: string,
  body: { name: string; organization_id?: string },
): Promise<string | undefined> {
  const headers = { 'idempotency-key': `make ${path} ${body.name}` }
  const made = await insist(options, { method: 'POST', path, body, headers })
  if (made.text === undefined || made.status !== 201) {
    options.records.refusals.push({
      status: made.status ?? 0,
      route: `POST ${path}`,
      body: made.text ?? made.error ?? '',
    })
    return undefined
  }
  const { id }: { id: string } = JSON.parse(made.text)
  return id
}

export interface InsistentCall {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Besides what is always final. */
  readonly finalStatus?: number
}

/** One request to a node picked by chance, with what became of it. */
export async function attempt(
  { world, random, records }: Pick<ClientOptions, 'world' | 'random' | 'records'>,
  request: InsistentCall,
): Promise<Try & { readonly text?: string; readonly headers?: Readonly<Record<string, unknown>> }> {
  const { name, url } = nextNode(world, random)
  const startedAt = Date.now()
  try {
    const { status, text, headers } = await call({ ...request, url })
    if (status >= 500)
      records.refusals.push({ status, route: `${request.method} ${request.path}`, body: text.slice(0, 300) })
    return { node: name, startedAt, endedAt: Date.now(), status, text, headers }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return { node: name, startedAt, endedAt: Date.now(), error: reason }
  }
}

/** Tries until it is told something final, as a client behind a load balancer does. */
export async function insist(
  options: Pick<ClientOptions, 'world' | 'random' | 'records' | 'patience'>,
  request: InsistentCall,
  each: (tried: Awaited<ReturnType<typeof attempt>>) => void = () => undefined,
): ReturnType<typeof attempt> {
  for (;;) {
    const tried = await attempt(options, request)
    each(tried)
    const isEnough = isFinal(tried.status) || (tried.status !== undefined && tried.status === request.finalStatus)
    if (isEnough || Date.now() > options.patience.until) return tried
    await wait(options.random.between(50, 300))
  }
}

/** 409 and 429 ask to come again; what says 5xx may be better soon. */
export function isFinal(status: number | undefined): boolean {
  return status !== undefined && status < 500 && status !== 409 && status !== 429
}

export function nextNode(world: World, random: Random): { name: string; url: string } {
  const reachable = world.members.flatMap(({ node, url }) => (url === undefined ? [] : [{ name: node.name, url }]))
  return random.pick(reachable)
}
