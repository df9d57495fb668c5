import type { RawBuilder, Updateable } from 'kysely'
import { type Database, now, type Queryable, type Tx } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import { rowLock } from '../../database/row-lock.ts'
import type { Schema } from '../../database/schema.ts'
import type { JobId } from '../../ids.ts'
import type { SourceRef } from '../source.ts'
import type { SourceSync } from './source-sync.ts'

const columns = [
  'project_id',
  'source_id',
  'number',
  'state',
  'mode',
  'job_id',
  'cursor',
  'listed_at',
  'started_at',
  'ended_at',
  'error',
  'stalls',
  'waiting_until',
  'every_minutes',
  'next_at',
  'progress',
  'updated_at',
] as const

function selectSyncs(db: Queryable, { projectId, sourceId }: SourceRef) {
  return db
    .selectFrom('source_syncs')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
}

export function findSync(db: Queryable, ref: SourceRef): Promise<SourceSync | undefined> {
  return selectSyncs(db, ref).executeTakeFirst()
}

/** Holds the row until the transaction ends. */
export function lockSync(db: Pick<Database, 'engine'>, tx: Tx, ref: SourceRef): Promise<SourceSync | undefined> {
  return selectSyncs(tx, ref).modifyEnd(rowLock(db.engine).forUpdate).executeTakeFirst()
}

export async function insertSync(tx: Tx, { projectId, sourceId }: SourceRef): Promise<void> {
  await tx
    .insertInto('source_syncs')
    .values({
      project_id: projectId,
      source_id: sourceId,
      number: 0,
      state: 'completed',
      mode: 'full',
      stalls: 0,
      updated_at: now(),
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'source_id']).doNothing())
    .execute()
}

type SyncChanges = Omit<Updateable<Schema['source_syncs']>, 'updated_at' | 'next_at'> & {
  readonly next_at?: RawBuilder<string> | null
}

export async function updateSync(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  changes: SyncChanges,
): Promise<void> {
  await db
    .updateTable('source_syncs')
    .set({ ...changes, updated_at: now() })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .execute()
}

/** Only while it runs and this job is the one that runs it; false when it was stopped or taken over. */
export async function updateRunningSync(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  job: JobId,
  changes: SyncChanges,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('source_syncs')
    .set({ ...changes, updated_at: now() })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('state', '=', 'running')
    .where('job_id', '=', job)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const duePerLook = 100

export async function listDueSyncs(db: Database): Promise<SourceRef[]> {
  return await db.query
    .selectFrom('source_syncs')
    .select(['project_id as projectId', 'source_id as sourceId'])
    .where('next_at', 'is not', null)
    .where('next_at', '<=', databaseTime(db))
    .orderBy('next_at')
    .limit(duePerLook)
    .execute()
}

/** Moves a due sync on to its next time; false when another node did. */
export async function claimDueSync(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  { projectId, sourceId }: SourceRef,
): Promise<boolean> {
  const sync = await findSync(tx, { projectId, sourceId })
  if (sync === undefined || sync.every_minutes === null) return false
  const { numUpdatedRows } = await tx
    .updateTable('source_syncs')
    .set({ next_at: databaseTime(db, sync.every_minutes * 60_000) })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('next_at', '<=', databaseTime(db))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
