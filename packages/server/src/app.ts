import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { createAuthenticator } from './accounts/authenticate.ts'
import { ensureFirstKey, type FirstKeyResult } from './accounts/first-key.ts'
import { findInstallation } from './accounts/sign-in/installation-store.ts'
import { createSignIn } from './accounts/sign-in/sign-in.ts'
import { releaseAllAnswers } from './answers/answer-store.ts'
import { AnswerWorker } from './answers/answer-worker.ts'
import { AnswerLog } from './answers/log/answer-log.ts'
import { pruneEvents } from './answers/log/prune-events-store.ts'
import { QueuePositions } from './answers/queue/queue-positions.ts'
import { runAnswer } from './answers/run-answer.ts'
import { createStartGenerator } from './answers/start-generator.ts'
import { pruneTraces } from './answers/traces/prune-traces-store.ts'
import { createNameChatHandler, nameChatKind, nameSoon } from './chats/name-chat.ts'
import { TrashPurge } from './chats/trash-purge.ts'
import type { NodeRole } from './cluster/node.ts'
import { NodeRegistry } from './cluster/node-registry.ts'
import type { Config } from './config.ts'
import { announceChange } from './database/change-notice.ts'
import { type DataFolderLock, lockDataFolder } from './database/data-folder-lock.ts'
import type { Database } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase } from './database/open-database.ts'
import { createProcessWakeUp, type WakeUp } from './database/wake-up.ts'
import { Egress } from './egress/egress.ts'
import { closeServer } from './http/close-server.ts'
import { buildServer, type ServerOptions } from './http/server.ts'
import { OpenStreams } from './http/sse.ts'
import { UserFeeds } from './http/user-feeds.ts'
import type { Server } from './http/validation.ts'
import type { AnswerId, ProjectId } from './ids.ts'
import { createOpenConnector, type OpenConnector } from './ingestion/connectors/open-connector.ts'
import { createCutAgain } from './ingestion/cut-again.ts'
import type { FileStore } from './ingestion/files/file-store.ts'
import { fileFolders } from './ingestion/files/open-file-store.ts'
import { createDataJobHandlers, longDataKinds } from './ingestion/job-handlers.ts'
import { openParser, type Parser } from './ingestion/parsing/open-parser.ts'
import { resealSecrets } from './ingestion/reseal-secrets.ts'
import { SyncSchedule } from './ingestion/syncs/sync-schedule.ts'
import { announceJob } from './jobs/announce-job.ts'
import type { ClaimedJob } from './jobs/job.ts'
import { releaseAllJobs } from './jobs/job-store.ts'
import { JobWorker } from './jobs/job-worker.ts'
import { createLogger, type Logger } from './logger.ts'
import { createIndexMessagesHandler, indexMessagesKind } from './memory/index-messages.ts'
import { MessageIndexing } from './memory/message-indexing.ts'
import { createModelRegistry, type ModelRegistry } from './models/model-registry.ts'
import { openRanking, type Ranking } from './retrieval/open-ranking.ts'
import { createTextsearchHandler } from './retrieval/textsearch/index-project.ts'
import { textsearchKind } from './retrieval/textsearch/request-textsearch.ts'
import { embedNext } from './retrieval/vectors/embed-next.ts'
import { createEmbedHandler, embedKind, requestEmbedding } from './retrieval/vectors/embed-project.ts'
import { catchUpEmbedding, followedByEmbedding } from './retrieval/vectors/keep-embedded.ts'
import { createRebuildHandler } from './retrieval/words/rebuild-index.ts'
import { catchUpIndexing, firstRebuildKind, rebuildKind } from './retrieval/words/request-rebuilding.ts'
import { tidyKind } from './retrieval/words/request-tidying.ts'
import { createTidyHandler } from './retrieval/words/tidy-index.ts'
import { openSecretBox } from './secrets/open-secret-box.ts'
import type { SecretBox } from './secrets/secret-box.ts'
import { openTableAccess } from './tables/answer-from-tables.ts'
import { openFiles } from './tables/open-files.ts'
import type { ProjectTables } from './tables/project-tables.ts'
import type { TableFiles } from './tables/table-files.ts'
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

/** Each fills one core. */
const parseProcesses = 2
/** More than are parsed at once: while one waits for the disk, or merges the index, others keep the processes busy. */
const concurrentJobs = 4
const concurrentEmbeddings = 2
/** They wait for other servers most of the time. */
const longJobs = { kinds: longDataKinds, concurrency: 3, perOwner: 2 }
/** Heap of such a process. */
const parseMemoryMb = 512

/** Opens everything and wires it up; what fails half-way closes what was opened. */
export async function openApp(config: Config, options: AppOptions = {}): Promise<App> {
  await using opening = new AsyncDisposableStack()
  const opened = await openCore(opening, config)
  const core = options.openConnector === undefined ? opened : { ...opened, openConnector: options.openConnector }
  const workers = openWorkers(opening, core)
  const http = await openHttp(opening, core, { ...options, hasWorkers: true })
  const registry = await openRegistry(opening, core, { ...options, workers, streams: http.streams })
  return { ...toHttpNode(opening, core, http, registry), jobs: workers.jobs }
}

/** Requests only: with it there must be workers, or nothing that is asked gets answered. */
export async function openHttpNode(config: Config, options: AppOptions = {}): Promise<HttpNode> {
  requireCluster(config, 'A server without a worker')
  await using opening = new AsyncDisposableStack()
  const core = await openCore(opening, config)
  const http = await openHttp(opening, core, { ...options, hasWorkers: false })
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

interface Core {
  readonly config: Config
  readonly node: string
  readonly logger: Logger
  readonly lock: DataFolderLock | undefined
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly files: FileStore
  /** The way out to addresses that users give. */
  readonly egress: Egress
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
  readonly tableFiles: TableFiles
  readonly tables: ProjectTables
  readonly models: ModelRegistry
  readonly ranking: Ranking
  readonly log: AnswerLog
  readonly callerKeys: Map<AnswerId, string>
}

async function openCore(opening: AsyncDisposableStack, config: Config): Promise<Core> {
  const logger = createLogger(config.logLevel)
  const node = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const lock = config.databaseUrl === undefined ? opening.use(lockDataFolder(config.dataDir)) : undefined
  const db = opening.use(await openDatabase(config))
  await migrate(db)
  if (lock !== undefined) await Promise.all([releaseAllAnswers(db.query), releaseAllJobs(db.query)])
  await pruneEvents(db, new Date())
  await pruneTraces(db, new Date())
  const wakeUp = opening.use(await openWakeUp(config, db, node, logger))
  const { files, tableFiles, tables } = await openFiles({ db, config, node })
  opening.use(files.temporary)
  opening.use(tables)
  const egress = opening.use(new Egress({ allow: config.egressAllow }))
  const openConnector = createOpenConnector({ egress })
  const secrets = await openSecretBox(config)
  const models = opening.use(createModelRegistry(config.models))
  const ranking = opening.use(await openRanking({ db, logger }, config))
  const log = opening.use(new AnswerLog({ db, wakeUp, node, logger }))
  const parts = { files, tableFiles, tables, egress, openConnector, secrets, models, ranking, log }
  return { config, node, logger, lock, db, wakeUp, ...parts, callerKeys: new Map() }
}

async function openWakeUp(config: Config, db: Database, node: string, logger: Logger): Promise<WakeUp> {
  if (config.databaseUrl === undefined || config.databaseListenUrl === undefined) return createProcessWakeUp()
  const { createPostgresWakeUp } = await import('./database/postgres-wake-up.ts')
  return createPostgresWakeUp({ url: config.databaseListenUrl, db, node, logger })
}

interface Workers {
  readonly answers: AnswerWorker
  readonly jobs: JobWorker
}

function openWorkers(opening: AsyncDisposableStack, core: Core): Workers {
  const { config, db, wakeUp, node, logger, ranking } = core
  const indexing = opening.use(new MessageIndexing({ db, wakeUp, logger }))
  const answers = opening.use(openAnswerWorker(core, indexing))
  const parser = opening.use(
    openParser({ folders: fileFolders(config), processes: parseProcesses, maxMemoryMb: parseMemoryMb }),
  )
  const data = createDataJobHandlers({ ...core, parser })
  const readers = ranking.keeping === undefined ? data : followedByEmbedding(data, db)
  const tidier = createTidyHandler({ db, onTidied: ranking.textsearch?.requestWhenLarge })
  const handlers = { ...readers, [tidyKind]: tidier }
  openTextsearchWorker(opening, core)
  const onEnd = openEmbedWorker(opening, core)
  const onChange = (job: ClaimedJob) => announceJob(wakeUp, job)
  openMemoryWorker(opening, core)
  openRebuildWorker(opening, core, parser)
  openNamingWorker(opening, core)
  const parts = { db, wakeUp, node, logger, handlers, onEnd, onChange }
  const jobs = opening.use(new JobWorker({ ...parts, concurrency: concurrentJobs, long: longJobs }))
  opening.use(new SyncSchedule({ db, wakeUp, logger }))
  opening.use(new TrashPurge({ db, logger, trashDays: config.trashDays }))
  openResealing(opening, core)
  return { answers, jobs }
}

/** Takes no place from what reads files either: it would wait behind a thousand of them. */
function openMemoryWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger }: Core): void {
  const handlers = { [indexMessagesKind]: createIndexMessagesHandler({ db }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers }))
}

/** One project at a time: everybody's index is still there, and nobody is to wait for it to be made anew. */
function openRebuildWorker(opening: AsyncDisposableStack, core: Core, parser: Parser): void {
  const { db, wakeUp, node, logger, config, files, tableFiles, ranking } = core
  const { keeping } = ranking
  const handler = createRebuildHandler({
    db,
    cutAgain: createCutAgain({ db, files, tableFiles, parser, config }),
    embedNext: (job, signal) => embedNext({ db, keeping }, job, signal),
    requestEmbedding: async (tx, projectId) => {
      if (keeping !== undefined) await requestEmbedding(tx, projectId)
    },
    onTidied: ranking.textsearch?.requestWhenLarge,
  })
  const handlers = { [firstRebuildKind]: handler, [rebuildKind]: handler }
  const onEnd = ({ projectId }: ClaimedJob) => wakeUp.notify('job-queued', projectId)
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers, onEnd }))
  opening.use(catchUpIndexing({ db, wakeUp, logger }))
}

/** Waits for a model most of the time, and takes no place either. */
function openNamingWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger, models }: Core): void {
  const handlers = { [nameChatKind]: createNameChatHandler({ db, models, logger }) }
  const onChange = (job: ClaimedJob) => announceJob(wakeUp, job)
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: concurrentJobs, handlers, onChange }))
}

/** Secrets that an older key encrypted get the current one while the server is already at work. */
function openResealing(opening: AsyncDisposableStack, { db, secrets, logger }: Core): void {
  const stopping = new AbortController()
  const resealing = resealSecrets({ db, secrets, logger }, stopping.signal).catch((error) => {
    if (!stopping.signal.aborted) logger.warn({ error: String(error) }, 'secrets could not be encrypted anew')
  })
  opening.defer(async () => {
    stopping.abort()
    await resealing
  })
}

/** Indexing a large project takes minutes, and no place from what reads files. */
function openTextsearchWorker(opening: AsyncDisposableStack, { db, wakeUp, node, logger, ranking }: Core): void {
  if (ranking.textsearch === undefined) return
  const handlers = { [textsearchKind]: createTextsearchHandler({ db }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: 1, handlers }))
  opening.use(ranking.textsearch.catchUp(wakeUp))
}

/** Embedding waits for its endpoint most of the time, and takes no place from what reads files. */
function openEmbedWorker(opening: AsyncDisposableStack, core: Core): ((job: ClaimedJob) => void) | undefined {
  const { db, wakeUp, node, logger, ranking } = core
  if (ranking.keeping === undefined) return undefined
  const handlers = { [embedKind]: createEmbedHandler({ db, logger, ...ranking.keeping }) }
  opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: concurrentEmbeddings, handlers }))
  opening.use(catchUpEmbedding(core, ranking.keeping.embeddings.model))
  return ({ id }) => wakeUp.notify('job-queued', id)
}

function openAnswerWorker(core: Core, indexing: MessageIndexing): AnswerWorker {
  const { db, wakeUp, node, logger, log, callerKeys, config, tables } = core
  const openTables = (projectId: ProjectId, signal: AbortSignal) => openTableAccess({ db, tables, projectId, signal })
  const startGenerator = createStartGenerator({ ...core, openTables })
  return new AnswerWorker({
    db,
    wakeUp,
    node,
    logger,
    concurrency: config.concurrentAnswers,
    ownerConcurrency: config.concurrentAnswersPerUser,
    run: async (answer, signal) => {
      const { projectId, chatId, messageId, ownerId } = answer
      announceChange(wakeUp, { type: 'answer-started', projectId, chatId, messageId, ownerId })
      await runAnswer({ db, log, node, logger, startGenerator }, answer, signal)
      announceChange(wakeUp, { type: 'answer-ended', projectId, chatId, messageId, ownerId })
      callerKeys.delete(answer.answerId)
      await nameSoon({ db, wakeUp, logger }, answer)
      indexing.note(answer.projectId)
    },
  })
}

interface Http {
  readonly server: Server
  readonly firstKey: FirstKeyResult
  readonly makeFirstLink: () => Promise<string | undefined>
  readonly streams: OpenStreams
}

async function openHttp(
  opening: AsyncDisposableStack,
  core: Core,
  { hasWorkers, ...options }: ServerOptions & { hasWorkers: boolean },
): Promise<Http> {
  const { db, config, logger } = core
  const firstKey = await ensureFirstKey({ db, config })
  const installation = await findInstallation(db.query)
  const authenticator = opening.use(createAuthenticator({ db, config, logger }))
  const signIn = opening.use(createSignIn({ db, config, authenticator }))
  const streams = new OpenStreams()
  const feeds = opening.use(new UserFeeds({ db, wakeUp: core.wakeUp, logger }))
  const server = await buildServer(
    { ...core, queue: new QueuePositions(db), authenticator, signIn, installation, streams, feeds, hasWorkers },
    options,
  )
  opening.defer(() => closeServer(server))
  await server.ready()
  return { server, firstKey, streams, makeFirstLink: () => signIn.makeFirstLink(firstKey.userId) }
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

/** Listening on all of a machine's addresses is reached by its name. */
function reachableUrl(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:)/, `//${hostname()}`)
}

async function startListening(server: Server, config: Config): Promise<string> {
  await server.listen({ host: config.host, port: config.port })
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host}:${port}`
}
