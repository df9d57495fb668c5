import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import type { FileStore } from '../ingestion/files/file-store.ts'
import { openFileStore } from '../ingestion/files/open-file-store.ts'
import { openTableFiles } from './open-table-files.ts'
import { ProjectTables } from './project-tables.ts'
import type { TableFiles } from './table-files.ts'

interface Options {
  readonly db: Database
  readonly config: Pick<Config, 'dataDir'>
  readonly node: string
}

interface OpenedFiles {
  /** Deleting a project takes the files of its tables as well. */
  readonly files: FileStore
  readonly tableFiles: TableFiles
  readonly tables: ProjectTables
}

/** Where originals and tables are kept, without what a crash left behind, and what asks the tables. */
export async function openFiles({ db, config: { dataDir }, node }: Options): Promise<OpenedFiles> {
  const originals = await openFileStore(db, { dataDir })
  const tableFiles = await openTableFiles({ db, temporary: originals.temporary, root: join(dataDir, 'tables') })
  await Promise.all([originals.sweep(), tableFiles.sweep()])
  const discardProject = async (projectId: ProjectId) => {
    await originals.discardProject(projectId)
    await tableFiles.discardProject(projectId)
  }
  const files = { ...originals, discardProject }
  return { files, tableFiles, tables: new ProjectTables({ db, files: tableFiles, dataDir, node }) }
}
