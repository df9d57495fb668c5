import { join } from 'node:path'
import type { Config } from '../../config.ts'
import type { Database } from '../../database/database.ts'
import type { FileStore } from './file-store.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** Every file that is to be parsed lies in one of these. */
export function fileFolders({ dataDir }: Pick<Config, 'dataDir'>): string[] {
  return [join(dataDir, 'tmp'), join(dataDir, 'files')]
}

/** The store that goes with the engine; only that one is loaded. */
export async function openFileStore(db: Database, { dataDir }: Pick<Config, 'dataDir'>): Promise<FileStore> {
  // A rename makes it the original, or its bytes go to the database.
  const temporary = createTemporaryFolder(join(dataDir, 'tmp'), { isSynced: db.engine === 'sqlite' })
  if (db.engine === 'postgres') {
    return (await import('./file-chunk-store.ts')).createChunkFileStore({ db, temporary })
  }
  return (await import('./file-folder-store.ts')).createFolderFileStore({ db, temporary, root: join(dataDir, 'files') })
}
