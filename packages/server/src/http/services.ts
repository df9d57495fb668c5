import type { Authenticator } from '../accounts/authenticate.ts'
import type { Principal } from '../accounts/principal.ts'
import type { SignIn } from '../accounts/sign-in/sign-in.ts'
import type { AnswerLog } from '../answers/log/answer-log.ts'
import type { QueuePositions } from '../answers/queue/queue-positions.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import type { AnswerId } from '../ids.ts'
import type { OpenConnector } from '../ingestion/connectors/open-connector.ts'
import type { FileStore } from '../ingestion/files/file-store.ts'
import type { Logger } from '../logger.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import type { RankingParts } from '../retrieval/rank-passages.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { ProjectTables } from '../tables/project-tables.ts'
import type { TableFiles } from '../tables/table-files.ts'
import type { OpenStreams } from './sse.ts'
import type { UserFeeds } from './user-feeds.ts'

/** What was opened for the routes. Routes name the parts they use: `({ db, log }: Pick<Services, 'db' | 'log'>)`. */
export interface Services {
  readonly config: Config
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly node: string
  readonly log: AnswerLog
  readonly queue: QueuePositions
  readonly models: ModelRegistry
  readonly ranking: RankingParts
  readonly authenticator: Authenticator
  readonly signIn: SignIn
  /** Browsers tell no ports apart: what they keep of this server has its name. */
  readonly installation: string
  readonly callerKeys: Map<AnswerId, string>
  readonly files: FileStore
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
  readonly tableFiles: TableFiles
  readonly tables: ProjectTables
  readonly streams: OpenStreams
  readonly feeds: UserFeeds
  /** Answers are made in this process, too; else only other nodes make them. */
  readonly hasWorkers: boolean
  readonly logger: Logger
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the dialect's authentication before any handler runs; absent on public routes only. */
    principal: Principal
  }
  interface FastifyContextConfig {
    /** Needs no credentials. */
    isPublic?: boolean
  }
}
