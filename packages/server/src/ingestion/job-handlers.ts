import type { JobHandler } from '../jobs/job.ts'
import { createIngestHandler, ingestKind } from './ingest-source.ts'
import { createTrainingHandler } from './run-training.ts'
import { syncKind } from './source-sync.ts'
import type { SyncDependencies } from './sync-session.ts'
import { createSyncHandler } from './sync-source.ts'
import { trainingKind } from './training.ts'

/** The jobs of this feature, by kind. */
export function createDataJobHandlers(dependencies: SyncDependencies): Readonly<Record<string, JobHandler>> {
  return {
    [ingestKind]: createIngestHandler(dependencies),
    [syncKind]: createSyncHandler(dependencies),
    [trainingKind]: createTrainingHandler(dependencies),
  }
}
