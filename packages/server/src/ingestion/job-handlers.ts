import type { JobHandler } from '../jobs/job.ts'
import { createIngestHandler, ingestKind } from './ingest-source.ts'
import { syncKind } from './syncs/source-sync.ts'
import { createSyncHandler } from './syncs/sync-source.ts'
import { createTrainingHandler, type TrainingDependencies } from './training/run-training.ts'
import { trainingKind } from './training/training.ts'

/** Those that take as long as a source is large. */
export const longDataKinds: readonly string[] = [syncKind, trainingKind]

/** The jobs of this feature, by kind. */
export function createDataJobHandlers(dependencies: TrainingDependencies): Readonly<Record<string, JobHandler>> {
  return {
    [ingestKind]: createIngestHandler(dependencies),
    [syncKind]: createSyncHandler(dependencies),
    [trainingKind]: createTrainingHandler(dependencies),
  }
}
