import type { SourceRef } from '../../ingestion/source.ts'
import type { EmbeddedFiles } from '../../ingestion/syncs/embedded-files.ts'
import type { SourceSync } from '../../ingestion/syncs/source-sync.ts'
import { presentSync } from './present-sync.ts'

export interface SyncReading {
  readonly embedded: EmbeddedFiles
}

/** How far the last or current sync of a source is, with what came of it in the search by vectors. */
export async function describeSync({ embedded }: SyncReading, ref: SourceRef, sync: SourceSync | undefined) {
  return presentSync(sync, sync === undefined ? null : await embedded.count(ref, sync))
}
