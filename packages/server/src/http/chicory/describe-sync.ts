import type { SourceRef } from '../../ingestion/source.ts'
import type { EmbeddedFiles } from '../../ingestion/syncs/embedded-files.ts'
import { findSync } from '../../ingestion/syncs/source-sync-store.ts'
import type { Services } from '../services.ts'
import { presentSync } from './present-sync.ts'

export interface SyncReading extends Pick<Services, 'db'> {
  readonly embedded: EmbeddedFiles
}

/** How far the last or current sync of a source is, with what came of it in the search by vectors. */
export async function describeSync({ db, embedded }: SyncReading, ref: SourceRef) {
  const sync = await findSync(db.query, ref)
  return presentSync(sync, sync === undefined ? null : await embedded.count(ref, sync))
}
