import { basename, extname, join } from 'node:path'
import type { Tx } from '../database/database.ts'
import { newId } from '../ids.ts'
import type { DataTable, TableDataId, TableId } from './data-table.ts'
import type { ImportedTable } from './import-order.ts'
import type { ImportedTables } from './import-tables.ts'
import { toIdentifier, uniqueName } from './safe-name.ts'
import type { TableFiles } from './table-files.ts'
import { insertTable } from './table-store.ts'

type Owner = Pick<DataTable, 'projectId' | 'sourceId' | 'documentId' | 'fileName'>

/**
 * Stores the tables of a document within the transaction that stores the document; those that an earlier version of it
 * had went with that. One of the same sheet as an `earlier` one has its id and, if it can, its name. Returns the ids of
 * the bytes, for `TableFiles.clean`.
 */
export async function storeTables(
  tx: Tx,
  files: Pick<TableFiles, 'put'>,
  owner: Owner,
  { folder, tables }: Pick<ImportedTables, 'folder' | 'tables'>,
  earlier: readonly DataTable[],
): Promise<TableDataId[]> {
  const written: TableDataId[] = []
  for (const table of tables) {
    const before = earlier.find(({ sheet }) => sheet === table.sheet)
    const stored = await insertNamed(tx, owner, table, before)
    written.push(stored.dataId)
    await files.put(tx, stored, join(folder, table.file))
  }
  return written
}

async function insertNamed(tx: Tx, owner: Owner, imported: ImportedTable, before: DataTable | undefined) {
  const { sheet, rowCount, size, contentHash, columns, sample } = imported
  const facts = { sheet, rowCount, size, contentHash, columns, sample }
  const ids = { id: before?.id ?? newId<TableId>(), dataId: newId<TableDataId>() }
  const refused = new Set<string>()
  const wanted = toIdentifier(imported.title || basename(owner.fileName, extname(owner.fileName)), 'table')
  for (let name = before?.name ?? wanted; ; name = uniqueName(wanted, (one) => refused.has(one))) {
    const table = { ...owner, ...facts, ...ids, name }
    if (await insertTable(tx, table)) return table
    refused.add(name)
  }
}
