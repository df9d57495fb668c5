import type { Selectable } from 'kysely'
import type { Schema } from '../../database/schema.ts'
import type { NewJob } from '../../jobs/job.ts'
import type { SourceRef } from '../source.ts'

/** The last or current sync of a source. */
export type SourceSync = Selectable<Schema['source_syncs']>

export const syncKind = 'sync-source'

export function syncJob({ projectId, sourceId }: SourceRef): NewJob {
  return { projectId, kind: syncKind, payload: { sourceId } }
}
