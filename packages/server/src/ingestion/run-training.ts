import { inTransaction, type Tx } from '../database/database.ts'
import type { SourceId, TrainingId } from '../ids.ts'
import type { ClaimedJob, JobHandler } from '../jobs/job.ts'
import { requireHeldJob } from '../jobs/job-store.ts'
import { indexFile } from './index-file.ts'
import { giveUpSentence, type IngestDependencies } from './ingest-source.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import { readFile } from './read-file.ts'
import { hasFile } from './source.ts'
import { uploadedFile } from './source-file.ts'
import { findFile } from './source-file-store.ts'
import { findSource } from './source-store.ts'
import { progressAt, stepsOf, type Training, type TrainingRef } from './training.ts'
import { findTraining, lockTraining, updateTrainingState } from './training-store.ts'

function trainingOf({ projectId, payload }: ClaimedJob): TrainingRef {
  // Written by trainingJob.
  return { projectId, trainingId: payload['trainingId'] as TrainingId }
}

/**
 * Reads the named sources again, one after the other, each in a transaction with the progress it makes: a restart goes
 * on with the source it was at. Completed means that every source was read; failed says which were not.
 */
export function createTrainingHandler(dependencies: IngestDependencies): JobHandler {
  return {
    run: async (job, signal) => {
      const ref = trainingOf(job)
      const training = await findTraining(dependencies.db.query, ref)
      if (training === undefined) return async () => undefined
      const steps = stepsOf(training)
      let failures = training.failures
      for (let step = training.progress.steps_completed; step < steps.length; step++) {
        signal.throwIfAborted()
        const sourceId = steps[step]
        if (sourceId === undefined) break
        failures = await runStep(dependencies, job, { training, sourceId, step, failures }, signal)
      }
      return (tx) => finish(tx, ref, steps.length, failures)
    },
    giveUp: async (tx, job, reason) => {
      const training = await lockTraining(dependencies.db, tx, trainingOf(job))
      if (training === undefined) return
      const error = giveUpSentence(reason)
      const progress = { ...training.progress, current_step: 'failed' as const, message: error }
      await updateTrainingState(tx, trainingOf(job), { status: 'failed', progress, failures: training.failures, error })
    },
  }
}

interface Step {
  readonly training: Training
  readonly sourceId: SourceId
  readonly step: number
  readonly failures: readonly string[]
}

/** Returns what failed so far, this step included. */
async function runStep(
  dependencies: IngestDependencies,
  job: ClaimedJob,
  { training, sourceId, step, failures }: Step,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { db } = dependencies
  const ref = trainingOf(job)
  const total = stepsOf(training).length
  const source = await findSource(db.query, { projectId: ref.projectId, sourceId })
  const name = source?.name ?? 'a deleted data source'
  const report = (tx: Tx, done: number, message: string, known: readonly string[]) =>
    updateTrainingState(tx, ref, {
      status: 'in_progress',
      progress: progressAt('indexing', done, total, message),
      failures: known,
      error: null,
    })
  await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    await report(tx, step, `Reading "${name}" (${step + 1} of ${total})`, failures)
  })
  const file = source === undefined ? undefined : await findFile(db.query, uploadedFile(source))
  // A source deleted since is a step with nothing to do.
  const outcome =
    source === undefined || !hasFile(source) || file === undefined
      ? undefined
      : await readFile(dependencies, file, signal)
  const cannotRead = source !== undefined && !hasFile(source) ? notConnected : undefined
  return await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job)
    // Deleted while it was read: its file may have been gone before the row, which is no failure.
    const isGone = outcome !== undefined && file !== undefined && (await indexFile(db, tx, file, outcome)) === undefined
    const failure = outcome ?? cannotRead
    const isFailed = failure instanceof ParseFailure && !isGone
    const known = isFailed ? [...failures, `"${name}": ${failure.message}`] : failures
    await report(tx, step + 1, `Read "${name}" (${step + 1} of ${total})`, known)
    return known
  })
}

const notConnected = new ParseFailure('unsupported', 'It has no file, and connecting to it comes with a later version.')

async function finish(tx: Tx, ref: TrainingRef, total: number, failures: readonly string[]): Promise<void> {
  const isComplete = failures.length === 0
  const read = `${total - failures.length} of ${total} data sources read`
  const progress = progressAt(isComplete ? 'completed' : 'failed', total, total, total === 0 ? 'Nothing to do' : read)
  const error = isComplete ? null : `${failures.length} of ${total} could not be read. ${failures.join(' ')}`
  await updateTrainingState(tx, ref, { status: isComplete ? 'completed' : 'failed', progress, failures, error })
}
