import { type Database, now, type Queryable, type Tx } from '../../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../../database/page.ts'
import { rowLock } from '../../database/row-lock.ts'
import type { TrainingStatus } from '../../database/schema.ts'
import type { ProjectId, SourceId, TrainingId } from '../../ids.ts'
import type { Training, TrainingProgress, TrainingRef, TrainingReport } from './training.ts'

const columns = [
  'project_id',
  'id',
  'data_source_ids',
  'description',
  'status',
  'progress',
  'report',
  'error',
  'created_at',
  'updated_at',
] as const

interface StoredProgress extends TrainingProgress {
  readonly failures: readonly string[]
}

type Row = Omit<Training, 'data_source_ids' | 'progress' | 'report' | 'failures'> & {
  report: string | null
  data_source_ids: string
  progress: string | null
}

function selectTrainings(db: Queryable, projectId: ProjectId) {
  return db.selectFrom('trainings').select(columns).where('project_id', '=', projectId)
}

function toTraining({ data_source_ids, progress, report, ...row }: Row): Training {
  // Both were written by this store, and a training is never without progress.
  const { failures, ...shown } = JSON.parse(progress ?? '') as StoredProgress
  return {
    ...row,
    data_source_ids: JSON.parse(data_source_ids) as SourceId[],
    progress: shown,
    report: report === null ? null : (JSON.parse(report) as TrainingReport),
    failures,
  }
}

/** `undefined` when it is there already. */
export async function insertTraining(
  tx: Tx,
  { projectId, trainingId }: TrainingRef,
  training: Pick<Training, 'data_source_ids' | 'description' | 'progress'>,
): Promise<Training | undefined> {
  const time = now()
  const row = await tx
    .insertInto('trainings')
    .values({
      project_id: projectId,
      id: trainingId,
      data_source_ids: JSON.stringify(training.data_source_ids),
      description: training.description,
      status: 'queued',
      progress: JSON.stringify({ ...training.progress, failures: [] } satisfies StoredProgress),
      created_at: time,
      updated_at: time,
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'id']).doNothing())
    .returning(columns)
    .executeTakeFirst()
  return row === undefined ? undefined : toTraining(row)
}

export async function findTraining(
  db: Queryable,
  { projectId, trainingId }: TrainingRef,
): Promise<Training | undefined> {
  const row = await selectTrainings(db, projectId).where('id', '=', trainingId).executeTakeFirst()
  return row === undefined ? undefined : toTraining(row)
}

/** Holds the row until the transaction ends. */
export async function lockTraining(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  { projectId, trainingId }: TrainingRef,
): Promise<Training | undefined> {
  const row = await selectTrainings(tx, projectId)
    .where('id', '=', trainingId)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  return row === undefined ? undefined : toTraining(row)
}

/** By creation, oldest first. */
export async function listTrainings(db: Queryable, projectId: ProjectId, page: PageRequest): Promise<Page<Training>> {
  let select = selectTrainings(db, projectId)
  if (page.cursor !== undefined) {
    select = select.where(isPast(['created_at', 'id'], decodeCursor(page.cursor, ['time', 'id'])))
  }
  const rows = await select
    .orderBy('created_at')
    .orderBy('id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows.map(toTraining), page, (training) => [training.created_at, training.id])
}

interface TrainingState {
  readonly status: TrainingStatus
  readonly progress: TrainingProgress
  readonly failures: readonly string[]
  readonly error: string | null
}

export async function updateTrainingState(
  tx: Tx,
  { projectId, trainingId }: TrainingRef,
  { status, progress, failures, error }: TrainingState,
): Promise<void> {
  await tx
    .updateTable('trainings')
    .set({
      status,
      progress: JSON.stringify({ ...progress, failures } satisfies StoredProgress),
      error,
      updated_at: now(),
    })
    .where('project_id', '=', projectId)
    .where('id', '=', trainingId)
    .execute()
}

/** `undefined` when it is gone. */
export async function updateTrainingDescription(
  db: Queryable,
  { projectId, trainingId }: TrainingRef,
  description: string,
): Promise<Training | undefined> {
  const row = await db
    .updateTable('trainings')
    .set({ description, updated_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', trainingId)
    .returning(columns)
    .executeTakeFirst()
  return row === undefined ? undefined : toTraining(row)
}

export async function deleteTrainingRow(tx: Tx, { projectId, trainingId }: TrainingRef): Promise<void> {
  await tx.deleteFrom('trainings').where('project_id', '=', projectId).where('id', '=', trainingId).execute()
}

/** What it came to; written with its end. */
export async function storeTrainingReport(
  tx: Tx,
  { projectId, trainingId }: TrainingRef,
  { report, overview }: { readonly report: TrainingReport; readonly overview: string },
): Promise<void> {
  await tx
    .updateTable('trainings')
    .set({ report: JSON.stringify(report), overview })
    .where('project_id', '=', projectId)
    .where('id', '=', trainingId)
    .execute()
}

/** Of one training, or of the last of the project that has one. */
export async function findOverview(
  db: Queryable,
  projectId: ProjectId,
  trainingId?: TrainingId,
): Promise<string | undefined> {
  let select = db.selectFrom('trainings').select('overview').where('project_id', '=', projectId)
  if (trainingId !== undefined) select = select.where('id', '=', trainingId)
  const row = await select
    .where('overview', 'is not', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.overview ?? undefined
}
