import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { createAuthenticator } from './accounts/authenticate.ts'
import { ensureFirstKey, type FirstKeyResult } from './accounts/first-key.ts'
import { AnswerLog } from './answers/answer-log.ts'
import { releaseAllAnswers } from './answers/answer-store.ts'
import { AnswerWorker } from './answers/answer-worker.ts'
import { pruneEvents } from './answers/prune-events-store.ts'
import { runAnswer } from './answers/run-answer.ts'
import { createStartGenerator } from './answers/start-generator.ts'
import type { Config } from './config.ts'
import { type DataFolderLock, lockDataFolder } from './database/data-folder-lock.ts'
import type { Database } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase } from './database/open-database.ts'
import { createProcessWakeUp, type WakeUp } from './database/wake-up.ts'
import { closeServer } from './http/close-server.ts'
import { buildServer, type ServerOptions } from './http/server.ts'
import { OpenStreams } from './http/sse.ts'
import type { Server } from './http/validation.ts'
import type { AnswerId } from './ids.ts'
import { createDataJobHandlers } from './ingestion/job-handlers.ts'
import { openFileStore } from './ingestion/open-file-store.ts'
import { releaseAllJobs } from './jobs/job-store.ts'
import { JobWorker } from './jobs/job-worker.ts'
import { createLogger, type Logger } from './logger.ts'
import { createModelRegistry, type ModelRegistry } from './models/model-registry.ts'

export interface App {
  readonly server: Server
  readonly models: ModelRegistry
  readonly firstKey: FirstKeyResult
  readonly jobs: JobWorker
  readonly logger: Logger
  /** Listens as the settings say and returns the address. */
  listen(): Promise<string>
  /** Stops in order: no new requests, streams ended, answers stored and given back, stores closed. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Files read at once, each in a process of its own that fills one core. */
const concurrentJobs = 2

/** Opens everything and wires it up; what fails half-way closes what was opened. */
export async function openApp(config: Config, options: ServerOptions = {}): Promise<App> {
  await using opening = new AsyncDisposableStack()
  const logger = createLogger(config.logLevel)
  const node = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const lock = config.databaseUrl === undefined ? opening.use(lockDataFolder(config.dataDir)) : undefined
  const db = opening.use(await openDatabase(config))
  await migrate(db)
  if (lock !== undefined) await Promise.all([releaseAllAnswers(db.query), releaseAllJobs(db.query)])
  await pruneEvents(db, new Date())
  const firstKey = await ensureFirstKey({ db, config })
  const wakeUp = opening.use(await openWakeUp(config, node, logger))
  const files = await openFileStore(db, config)
  await files.sweep()
  const models = opening.use(createModelRegistry(config.models))
  const log = opening.use(new AnswerLog({ db, wakeUp, node, logger }))
  const callerKeys = new Map<AnswerId, string>()
  opening.use(openAnswerWorker({ db, wakeUp, node, logger, log, models, callerKeys, config }))
  const handlers = createDataJobHandlers({ db, files, config })
  const jobs = opening.use(new JobWorker({ db, wakeUp, node, logger, concurrency: concurrentJobs, handlers }))
  const authenticator = opening.use(createAuthenticator({ db, config, logger }))
  const streams = new OpenStreams()
  const services = { config, db, wakeUp, node, log, models, authenticator, callerKeys, files, streams, logger }
  const server = await buildServer(services, options)
  opening.defer(() => closeServer(server))
  await server.ready()
  const resources = opening.move()
  return {
    server,
    models,
    firstKey,
    jobs,
    logger,
    listen: () => listen(server, config, lock),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function openWakeUp(config: Config, node: string, logger: Logger): Promise<WakeUp> {
  if (config.databaseUrl === undefined) return createProcessWakeUp()
  const { createPostgresWakeUp } = await import('./database/postgres-wake-up.ts')
  return createPostgresWakeUp({ url: config.databaseUrl, node, logger })
}

interface WorkerParts {
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly logger: Logger
  readonly log: AnswerLog
  readonly models: ModelRegistry
  readonly callerKeys: Map<AnswerId, string>
  readonly config: Config
}

function openAnswerWorker({ db, wakeUp, node, logger, log, models, callerKeys, config }: WorkerParts): AnswerWorker {
  const startGenerator = createStartGenerator({ db, models, callerKeys })
  return new AnswerWorker({
    db,
    wakeUp,
    node,
    logger,
    concurrency: config.concurrentAnswers,
    run: async (answer, signal) => {
      await runAnswer({ db, log, node, logger, startGenerator }, answer, signal)
      callerKeys.delete(answer.answerId)
    },
  })
}

async function listen(server: Server, config: Config, lock: DataFolderLock | undefined): Promise<string> {
  await server.listen({ host: config.host, port: config.port })
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  const url = `http://${host}:${port}`
  lock?.announce(url)
  return url
}
