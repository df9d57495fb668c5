import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openDatabase } from '../../src/database/open-database.ts'
import { createProcessWakeUp } from '../../src/database/wake-up.ts'
import type { OpenConnector } from '../../src/ingestion/connectors/open-connector.ts'
import { fileFolders, openFileStore } from '../../src/ingestion/files/open-file-store.ts'
import { createDataJobHandlers } from '../../src/ingestion/job-handlers.ts'
import { openParser } from '../../src/ingestion/parsing/open-parser.ts'
import type { JobHandler } from '../../src/jobs/job.ts'
import { JobWorker } from '../../src/jobs/job-worker.ts'
import { createLogger } from '../../src/logger.ts'
import { createModelRegistry } from '../../src/models/model-registry.ts'
import { openTableFiles } from '../../src/tables/open-table-files.ts'
import { createTestDatabase } from './databases.ts'
import { aProject } from './projects.ts'
import { testSecrets } from './secrets.ts'

const config = { maxUploadBytes: 1_000_000, parseTimeoutMs: 60_000, models: readConfig({}).models }

/** What reads data into a project of its own, without a server around it; `startWorker` runs the jobs. */
export async function openIngestion(engine: Engine, openConnector: OpenConnector) {
  const resources = new AsyncDisposableStack()
  const place = resources.use(await createTestDatabase(engine))
  const db = resources.use(await openDatabase(place))
  await migrate(db)
  const files = await openFileStore(db, place)
  const tableFiles = await openTableFiles({ db, temporary: files.temporary, root: join(place.dataDir, 'tables') })
  const wakeUp = resources.use(createProcessWakeUp())
  const { projectId, owner } = await aProject(db)
  const parser = resources.use(openParser({ folders: fileFolders(place), processes: 2, maxMemoryMb: 512 }))
  const logger = createLogger('silent')
  const models = createModelRegistry(config.models)
  const stores = { db, models, files, tableFiles, parser, wakeUp, config, logger, secrets: testSecrets }
  const dependencies = { ...stores, openConnector }
  const startWorker = (handlers: Record<string, JobHandler> = createDataJobHandlers(dependencies)) =>
    new JobWorker({ db, wakeUp, node: 'a', logger, concurrency: 2, handlers })
  return { ...dependencies, projectId, owner, startWorker, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
