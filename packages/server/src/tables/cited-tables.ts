import type { TableCitation } from '../answers/citations/citation.ts'
import type { Queryable } from '../database/database.ts'
import type { DataTable } from './data-table.ts'
import { dataVersionOf } from './data-version.ts'
import { listTables } from './table-store.ts'

export interface CitedTables {
  readonly state: 'current' | 'changed' | 'deleted'
  /** Of the first, where that is still there: what it was read from. */
  readonly first: Pick<DataTable, 'sourceId' | 'fileId'> | undefined
}

/**
 * Whether the tables of a citation still say what they said when it was made. They are known by their ids, which what is
 * read again keeps: another table may have got the name since.
 */
export async function findCitedTables(
  db: Queryable,
  { project_id, tables, data_version }: TableCitation,
): Promise<CitedTables> {
  const names = new Map<string, string>(tables.map(({ id, name }) => [id, name]))
  const now = (await listTables(db, project_id)).filter(({ id }) => names.has(id))
  const first = now.find(({ id }) => id === tables[0]?.id)
  if (now.length === 0 && names.size > 0) return { state: 'deleted', first }
  const isSame = now.every(({ id, name }) => names.get(id) === name) && dataVersionOf(now) === data_version
  return { state: isSame ? 'current' : 'changed', first }
}
