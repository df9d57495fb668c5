import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { announceJob } from '../jobs/announce-job.ts'
import type { ClaimedJob } from '../jobs/job.ts'
import { JobWorker } from '../jobs/job-worker.ts'
import type { Logger } from '../logger.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import { createIndexHandlers, openIndexWorkers } from '../retrieval/open-index-workers.ts'
import type { Ranking } from '../retrieval/open-ranking.ts'
import { embedKind } from '../retrieval/vectors/embed-project.ts'
import { followedByEmbedding } from '../retrieval/vectors/keep-embedded.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { TableFiles } from '../tables/table-files.ts'
import type { OpenConnector } from './connectors/open-connector.ts'
import { createCutAgain } from './cut-again.ts'
import type { FileStore } from './files/file-store.ts'
import { fileFolders } from './files/open-file-store.ts'
import { createDataJobHandlers, longDataKinds } from './job-handlers.ts'
import { openParser } from './parsing/open-parser.ts'
import { resealSecrets } from './reseal-secrets.ts'
import { SyncSchedule } from './syncs/sync-schedule.ts'

interface IngestionCore {
  readonly config: Config
  readonly node: string
  readonly logger: Logger
  readonly db: Database
  readonly wakeUp: WakeUp
  readonly files: FileStore
  readonly tableFiles: TableFiles
  readonly openConnector: OpenConnector
  readonly secrets: SecretBox
  readonly models: ModelRegistry
  readonly ranking: Ranking
}

/** Each fills one core. */
const parseProcesses = 2
/** Heap of such a process. */
const parseMemoryMb = 512
/** More than are parsed at once: while one waits for the disk, or merges the index, others keep the processes busy. */
const concurrentJobs = 4
/** They wait for other servers most of the time. */
const longJobs = { kinds: longDataKinds, concurrency: 3, perOwner: 2 }

/** Everything that brings data in and keeps it found: reading files, syncing sources, training, indexes and vectors. */
export function openIngestion(opening: AsyncDisposableStack, core: IngestionCore): JobWorker {
  const { config, db, wakeUp, node, logger, ranking } = core
  const parser = opening.use(
    openParser({ folders: fileFolders(config), processes: parseProcesses, maxMemoryMb: parseMemoryMb }),
  )
  const data = createDataJobHandlers({ ...core, parser })
  const readers = ranking.keeping === undefined ? data : followedByEmbedding(data, db)
  const handlers = { ...readers, ...createIndexHandlers(core) }
  openIndexWorkers(opening, core, createCutAgain({ ...core, parser }))
  // Whoever embeds hears at once that there is something new.
  const onEnd = ranking.keeping === undefined ? undefined : () => wakeUp.notify('job-queued', embedKind)
  const onChange = (job: ClaimedJob) => announceJob(wakeUp, job)
  const parts = { db, wakeUp, node, logger, handlers, onEnd, onChange }
  const jobs = opening.use(new JobWorker({ ...parts, concurrency: concurrentJobs, long: longJobs }))
  opening.use(new SyncSchedule({ db, wakeUp, logger }))
  openResealing(opening, core)
  return jobs
}

/** Secrets that an older key encrypted get the current one while the server is already at work. */
function openResealing(opening: AsyncDisposableStack, { db, secrets, logger }: IngestionCore): void {
  const stopping = new AbortController()
  const resealing = resealSecrets({ db, secrets, logger }, stopping.signal).catch((error) => {
    if (!stopping.signal.aborted) logger.warn({ error: String(error) }, 'secrets could not be encrypted anew')
  })
  opening.defer(async () => {
    stopping.abort()
    await resealing
  })
}
