import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { releaseAllAnswers } from './answers/answer-store.ts'
import { AnswerLog } from './answers/log/answer-log.ts'
import { pruneEvents } from './answers/log/prune-events-store.ts'
import { pruneTraces } from './answers/traces/prune-traces-store.ts'
import type { Config } from './config.ts'
import { type DataFolderLock, lockDataFolder } from './database/data-folder-lock.ts'
import type { Database } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase } from './database/open-database.ts'
import { createProcessWakeUp, type WakeUp } from './database/wake-up.ts'
import { Egress } from './egress/egress.ts'
import type { AnswerId } from './ids.ts'
import { createOpenConnector, type OpenConnector } from './ingestion/connectors/open-connector.ts'
import type { FileStore } from './ingestion/files/file-store.ts'
import { releaseAllJobs } from './jobs/job-store.ts'
import { createLogger, type Logger } from './logger.ts'
import { createModelRegistry, type ModelRegistry } from './models/model-registry.ts'
import { openRanking, type Ranking } from './retrieval/open-ranking.ts'
import { openSecretBox } from './secrets/open-secret-box.ts'
import type { SecretBox } from './secrets/secret-box.ts'
import { openFiles } from './tables/open-files.ts'
import type { ProjectTables } from './tables/project-tables.ts'
import type { TableFiles } from './tables/table-files.ts'

/** What every process of a cluster opens, whatever it is for: where things are kept, and the ways out. */
export interface Core {
  readonly config: Config
  readonly node: string
  readonly logger: Logger
  readonly lock: DataFolderLock | undefined
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly files: FileStore
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
  readonly tableFiles: TableFiles
  readonly tables: ProjectTables
  readonly models: ModelRegistry
  readonly ranking: Ranking
  readonly log: AnswerLog
  readonly callerKeys: Map<AnswerId, string>
}

/** `connector`: in place of those that go out to addresses that users give. */
export async function openCore(
  opening: AsyncDisposableStack,
  config: Config,
  connector?: OpenConnector,
): Promise<Core> {
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
  const openConnector = connector ?? createOpenConnector({ egress })
  const secrets = await openSecretBox(config)
  const models = opening.use(createModelRegistry(config.models))
  const ranking = opening.use(await openRanking({ db, logger }, config))
  const log = opening.use(new AnswerLog({ db, wakeUp, node, logger }))
  const parts = { files, tableFiles, tables, openConnector, secrets, models, ranking, log }
  return { config, node, logger, lock, db, wakeUp, ...parts, callerKeys: new Map() }
}

async function openWakeUp(config: Config, db: Database, node: string, logger: Logger): Promise<WakeUp> {
  if (config.databaseUrl === undefined || config.databaseListenUrl === undefined) return createProcessWakeUp()
  const { createPostgresWakeUp } = await import('./database/postgres-wake-up.ts')
  return createPostgresWakeUp({ url: config.databaseListenUrl, db, node, logger })
}
