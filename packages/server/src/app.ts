import type { FirstKeyResult } from './accounts/first-key.ts'
import type { AnswerWorker } from './answers/answer-worker.ts'
import { openAnswering } from './chats/open-answering.ts'
import { openRemoval } from './chats/open-removal.ts'
import type { NodeRole } from './cluster/node.ts'
import { NodeRegistry } from './cluster/node-registry.ts'
import type { Config } from './config.ts'
import { type Http, openHttp, reachableUrl, startListening } from './http/open-http.ts'
import type { ServerOptions } from './http/server.ts'
import type { OpenStreams } from './http/sse.ts'
import type { Server } from './http/validation.ts'
import type { OpenConnector } from './ingestion/connectors/open-connector.ts'
import { openIngestion } from './ingestion/open-ingestion.ts'
import type { JobWorker } from './jobs/job-worker.ts'
import type { Logger } from './logger.ts'
import type { ModelRegistry } from './models/model-registry.ts'
import { type Core, openCore } from './open-core.ts'
import { version } from './version.ts'

/** What every process of a cluster has, whatever it is for. */
interface Node {
  readonly models: ModelRegistry
  readonly logger: Logger
  /** Stops in order: no new requests, streams ended, answers stored and given back, stores closed. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Generates answers and runs jobs, for whichever node took them. */
export interface WorkerNode extends Node {
  readonly jobs: JobWorker
}

/** Takes requests; what it accepts is done by the cluster's workers. */
export interface HttpNode extends Node {
  readonly server: Server
  readonly firstKey: FirstKeyResult
  /** The token of a link for whoever installed the server; undefined once somebody can sign in. */
  makeFirstLink(): Promise<string | undefined>
  /** Listens as the settings say and returns the address. */
  listen(): Promise<string>
}

/** The whole server in one process. */
export interface App extends HttpNode, WorkerNode {}

interface AppOptions extends ServerOptions {
  /** Shows this process among the nodes of the cluster; a command that serves only itself is none. */
  readonly isListed?: boolean
  /** In place of the connectors that go out through `egress`. */
  readonly openConnector?: OpenConnector
}

/** Opens everything and wires it up; what fails half-way closes what was opened. */
export async function openApp(config: Config, options: AppOptions = {}): Promise<App> {
  await using opening = new AsyncDisposableStack()
  const core = await openCore(opening, config, options.openConnector)
  const workers = openWorkers(opening, core)
  const http = await openHttp(opening, { ...core, hasWorkers: true }, options)
  const registry = await openRegistry(opening, core, { ...options, workers, streams: http.streams })
  return { ...toHttpNode(opening, core, http, registry), jobs: workers.jobs }
}

/** Requests only: with it there must be workers, or nothing that is asked gets answered. */
export async function openHttpNode(config: Config, options: AppOptions = {}): Promise<HttpNode> {
  requireCluster(config, 'A server without a worker')
  await using opening = new AsyncDisposableStack()
  const core = await openCore(opening, config)
  const http = await openHttp(opening, { ...core, hasWorkers: false }, options)
  const registry = await openRegistry(opening, core, { ...options, streams: http.streams })
  return toHttpNode(opening, core, http, registry)
}

/** Answers and jobs only; listens on no port. */
export async function openWorkerNode(config: Config): Promise<WorkerNode> {
  requireCluster(config, 'A worker')
  await using opening = new AsyncDisposableStack()
  const core = await openCore(opening, config)
  const workers = openWorkers(opening, core)
  await openRegistry(opening, core, { workers })
  return { ...toNode(opening, core), jobs: workers.jobs }
}

function requireCluster(config: Config, what: string): void {
  if (config.databaseUrl !== undefined) return
  throw new Error(
    `${what} needs DATABASE_URL: a SQLite folder belongs to one process, which takes the questions and answers them.`,
  )
}

interface Workers {
  readonly answers: AnswerWorker
  readonly jobs: JobWorker
}

function openWorkers(opening: AsyncDisposableStack, core: Core): Workers {
  openRemoval(opening, core)
  return { answers: openAnswering(opening, core), jobs: openIngestion(opening, core) }
}

async function openRegistry(
  opening: AsyncDisposableStack,
  { db, node, logger }: Core,
  { isListed = true, workers, streams }: { isListed?: boolean; workers?: Workers; streams?: OpenStreams },
): Promise<NodeRegistry | undefined> {
  if (!isListed) return undefined
  const roles: NodeRole[] = [
    ...(streams === undefined ? [] : ['http' as const]),
    ...(workers ? ['worker' as const] : []),
  ]
  const measure = () => ({
    answersRunning: workers?.answers.runningCount ?? 0,
    jobsRunning: workers?.jobs.runningCount ?? 0,
    openStreams: streams?.count ?? 0,
  })
  return opening.use(await NodeRegistry.open({ db, logger, name: node, version, roles, measure }))
}

function toNode(opening: AsyncDisposableStack, { models, logger }: Core): Node {
  const resources = opening.move()
  return { models, logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

function toHttpNode(
  opening: AsyncDisposableStack,
  core: Core,
  { server, firstKey, makeFirstLink }: Http,
  registry: NodeRegistry | undefined,
): HttpNode {
  const listen = async () => {
    const url = await startListening(server, core.config)
    core.lock?.announce(url)
    await registry?.announce(reachableUrl(url))
    return url
  }
  return { ...toNode(opening, core), server, firstKey, makeFirstLink, listen }
}
