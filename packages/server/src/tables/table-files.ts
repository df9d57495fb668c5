import type { Tx } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import type { LocalFile } from '../ingestion/files/temporary-folder.ts'
import type { DataTable, TableDataId } from './data-table.ts'

export type StoredTable = Pick<DataTable, 'projectId' | 'id' | 'dataId' | 'size'>

/**
 * Where the Parquet files of tables are kept: the data folder beside SQLite, or PostgreSQL, which every node reads. A row
 * never stands without its file; the file goes with its row there, and here at the next `clean`.
 */
export interface TableFiles {
  /** Takes a finished file over, within the transaction that has just stored its row. Whoever calls it calls `clean` afterwards. */
  put(tx: Tx, table: StoredTable, path: string): Promise<void>
  /** `undefined` when it is gone. */
  materialize(table: StoredTable): Promise<LocalFile | undefined>
  /** After a transaction that stored, replaced or removed tables, however it ended; `written` are those it put. */
  clean(projectId: ProjectId, written?: readonly TableDataId[]): Promise<void>
  /** After a project was deleted. */
  discardProject(projectId: ProjectId): Promise<void>
  /** At start: removes what a crash left behind. */
  sweep(): Promise<void>
}
