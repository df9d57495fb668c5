import type { Database } from '../database/database.ts'
import type { TemporaryFolder } from '../ingestion/files/temporary-folder.ts'
import type { TableFiles } from './table-files.ts'

interface Options {
  readonly db: Database
  readonly temporary: TemporaryFolder
  readonly root: string
}

/** The store that goes with the engine; only that one is loaded. */
export async function openTableFiles(options: Options): Promise<TableFiles> {
  if (options.db.engine === 'postgres') return (await import('./table-chunk-files.ts')).createChunkTableFiles(options)
  return (await import('./table-folder-files.ts')).createFolderTableFiles(options)
}
