import { readAnswerSettings } from '../../answers/answer-settings-store.ts'
import type { Config } from '../../config.ts'
import { inTransaction, type Tx } from '../../database/database.ts'
import type { ProjectId, SourceId, TrainingId } from '../../ids.ts'
import type { ClaimedJob, JobHandler } from '../../jobs/job.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import type { ModelRegistry } from '../../models/model-registry.ts'
import { requestClearing } from '../../retrieval/words/request-tidying.ts'
import { giveUpSentence, leaveUnread } from '../ingest-source.ts'
import { findSource } from '../source-store.ts'
import type { SyncDependencies } from '../syncs/sync-session.ts'
import { giveUpSync } from '../syncs/sync-source.ts'
import { describeInProse } from './describe-in-prose.ts'
import { summarizeTraining } from './summarize-training.ts'
import { trainSource } from './train-source.ts'
import { progressAt, stepsOf, type Training, type TrainingRef, type TrainingReport } from './training.ts'
import { findTraining, lockTraining, storeTrainingReport, updateTrainingState } from './training-store.ts'
import { type OverviewDependencies, writeOverview } from './write-overview.ts'

export interface TrainingDependencies extends SyncDependencies {
  readonly config: SyncDependencies['config'] & Pick<Config, 'models'>
  readonly models: Pick<ModelRegistry, 'resolve'>
}

const longestProseMs = 60_000

/** By the model that answers the project's questions. */
function describeWith(
  { db, models, config }: TrainingDependencies,
  projectId: ProjectId,
): OverviewDependencies['describe'] {
  return async (request) =>
    await describeInProse({
      ...request,
      findModel: async () => await models.resolve((await readAnswerSettings(db.query, projectId)).model ?? undefined),
      timeoutMs: Math.min(longestProseMs, config.models.timeoutMs),
    })
}

function trainingOf({ projectId, payload }: ClaimedJob): TrainingRef {
  // Written by trainingJob.
  return { projectId, trainingId: payload['trainingId'] as TrainingId }
}

/**
 * Brings the index up to date with the named sources, one after the other: uploads are read again, other sources are
 * synced. A restart goes on with the source it was at. Failed means that a source could not be synced, or that nothing
 * could be read at all; files that nobody can read stand in the report of a completed one.
 */
export function createTrainingHandler(dependencies: TrainingDependencies): JobHandler {
  const { db } = dependencies
  return {
    run: async (job, signal) => {
      const ref = trainingOf(job)
      const training = await findTraining(db.query, ref)
      if (training === undefined) return async () => undefined
      const steps = stepsOf(training)
      let failures = training.failures
      for (let step = training.progress.steps_completed; step < steps.length; step++) {
        signal.throwIfAborted()
        const sourceId = steps[step]
        if (sourceId === undefined) break
        failures = await runStep(dependencies, job, { training, sourceId, step, failures }, signal)
      }
      const report = await summarizeTraining(db.query, training)
      const describe = describeWith(dependencies, training.project_id)
      const overview = await writeOverview({ db, logger: dependencies.logger, describe }, training, report, signal)
      return async (tx) => {
        await finish(tx, ref, { total: steps.length, failures, report })
        await storeTrainingReport(tx, ref, { report, overview })
      }
    },
    giveUp: async (tx, job, reason) => {
      const training = await lockTraining(db, tx, trainingOf(job))
      await requestClearing(tx, job.projectId)
      if (training === undefined) return
      const sourceId = stepsOf(training)[training.progress.steps_completed]
      if (sourceId !== undefined) {
        const ref = { projectId: job.projectId, sourceId }
        await giveUpSync(dependencies, tx, { ref, job: job.id, reason })
        await leaveUnread(dependencies, tx, ref, reason)
      }
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
  dependencies: SyncDependencies,
  job: ClaimedJob,
  { training, sourceId, step, failures }: Step,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { db } = dependencies
  const ref = trainingOf(job)
  const total = stepsOf(training).length
  const source = await findSource(db.query, { projectId: ref.projectId, sourceId })
  const name = source?.name ?? 'a deleted data source'
  const report = (done: number, message: string, known: readonly string[]) =>
    inTransaction(db, async (tx) => {
      await requireHeldJob(db, tx, job)
      await updateTrainingState(tx, ref, {
        status: 'in_progress',
        progress: progressAt('indexing', done, total, message),
        failures: known,
        error: null,
      })
    })
  await report(step, `Reading "${name}" (${step + 1} of ${total})`, failures)
  // A source deleted since is a step with nothing to do.
  const failure = source === undefined ? undefined : await trainSource(dependencies, job, source, signal)
  const known = failure === undefined ? failures : [...failures, `"${name}": ${failure}`]
  await report(step + 1, `Read "${name}" (${step + 1} of ${total})`, known)
  return known
}

interface Outcome {
  /** How many sources were gone through. */
  readonly total: number
  readonly failures: readonly string[]
  readonly report: TrainingReport
}

async function finish(tx: Tx, ref: TrainingRef, outcome: Outcome): Promise<void> {
  const { total, failures, report } = outcome
  const error = describeFailure(outcome)
  const status = error === null ? 'completed' : 'failed'
  const { skipped_count: unread } = report
  const but = unread === 0 ? '' : `, but for ${unread} ${unread === 1 ? 'file' : 'files'}`
  const read = `${total - failures.length} of ${total} data sources read${but}`
  const progress = progressAt(status, total, total, total === 0 ? 'Nothing to do' : read)
  await updateTrainingState(tx, ref, { status, progress, failures, error })
}

const maxNamed = 5

function describeFailure({ total, failures, report }: Outcome): string | null {
  if (failures.length > 0) return `${failures.length} of ${total} could not be read. ${failures.join(' ')}`
  if (report.documents > 0 || report.skipped_count === 0) return null
  const files = report.skipped.slice(0, maxNamed).map(({ name, reason }) => `"${name}": ${reason}`)
  return `Nothing could be read. ${files.join(' ')}`
}
