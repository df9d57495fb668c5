import type { JobHandler } from '../jobs/job.ts'
import { createIngestHandler, type IngestDependencies, ingestKind } from './ingest-source.ts'
import { createTrainingHandler } from './run-training.ts'
import { trainingKind } from './training.ts'

/** The jobs of this feature, by kind. */
export function createDataJobHandlers(dependencies: IngestDependencies): Readonly<Record<string, JobHandler>> {
  return {
    [ingestKind]: createIngestHandler(dependencies),
    [trainingKind]: createTrainingHandler(dependencies),
  }
}
