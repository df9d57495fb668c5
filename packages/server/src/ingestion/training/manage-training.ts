import type { Principal } from '../../accounts/principal.ts'
import { type Database, inTransaction, now, type Tx } from '../../database/database.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import { newId, type ProjectId, parseId, type SourceId, type TrainingId } from '../../ids.ts'
import { enqueueJob, withdrawJobs } from '../../jobs/job-store.ts'
import { requireDataEditor, requireTraining } from '../data-access.ts'
import { listKnownIds } from '../known-id-store.ts'
import {
  progressAt,
  stepsOf,
  type Training,
  type TrainingRef,
  trainingJob,
  trainingKind,
  trainingNotFound,
} from './training.ts'
import { deleteTrainingRow, insertTraining, lockTraining, updateTrainingDescription } from './training-store.ts'

export interface NewTraining {
  readonly id?: TrainingId | undefined
  readonly projectId: ProjectId
  /** As the client sent them. An empty list is a training with nothing to do, which completes. */
  readonly dataSourceIds: readonly string[]
  readonly description: string | null
}

/** Stores the training with the job that runs it. 422 names the first data source that is not in the project. */
export async function startTraining(
  { db, wakeUp }: { db: Database; wakeUp: WakeUp },
  principal: Principal,
  { id = newId<TrainingId>(), projectId, dataSourceIds, description }: NewTraining,
): Promise<Training> {
  await requireDataEditor(db.query, principal, projectId)
  const ref = { projectId, trainingId: id }
  const { training, isNew } = await inTransaction(db, async (tx) => {
    const data_source_ids = await requireKnownSources(tx, projectId, dataSourceIds)
    const progress = progressAt('queued', 0, stepsOf({ data_source_ids }).length, 'Waiting to be run')
    const training = await insertTraining(tx, ref, { data_source_ids, description, progress })
    if (training === undefined) return { isNew: false, training: await requireTraining(tx, principal, ref) }
    await enqueueJob(tx, trainingJob(ref))
    return { training, isNew: true }
  })
  if (isNew) wakeUp.notify('job-queued', trainingKind)
  return training
}

async function requireKnownSources(tx: Tx, projectId: ProjectId, ids: readonly string[]): Promise<SourceId[]> {
  const parsed = ids.map((id) => parseId<SourceId>(id))
  const known = await listKnownIds(tx, 'sources', { projectId, ids: parsed.filter((id) => id !== undefined) })
  return parsed.map((id, index) => {
    if (id !== undefined && known.has(id)) return id
    throw invalidField({
      type: 'value_error',
      loc: ['body', 'data_source_ids', index],
      msg: `Value error, there is no data source ${ids[index]} in this project`,
      input: ids[index],
    })
  })
}

export async function changeTraining(
  { db }: { db: Database },
  principal: Principal,
  ref: TrainingRef,
  { description }: { readonly description?: string | undefined },
): Promise<Training> {
  await requireDataEditor(db.query, principal, ref.projectId)
  if (description === undefined) return await requireTraining(db.query, principal, ref)
  const changed = await updateTrainingDescription(db.query, ref, description)
  if (changed === undefined) throw trainingNotFound(ref.projectId, ref.trainingId)
  return changed
}

/** Returns when it was deleted. 400 while it runs; one that waits is taken back. */
export async function deleteTraining(
  { db }: { db: Database },
  principal: Principal,
  ref: TrainingRef,
): Promise<{ deletedAt: string }> {
  await requireDataEditor(db.query, principal, ref.projectId)
  await inTransaction(db, async (tx) => {
    // Job before training, the order in which the worker takes them.
    await withdrawJobs(tx, trainingJob(ref))
    const training = await lockTraining(db, tx, ref)
    if (training === undefined) throw trainingNotFound(ref.projectId, ref.trainingId)
    if (training.status === 'in_progress') {
      throw new QuoryError(
        'training_in_progress',
        `Cannot delete training job ${ref.trainingId} because it is currently in progress`,
      )
    }
    await deleteTrainingRow(tx, ref)
  })
  return { deletedAt: now() }
}
