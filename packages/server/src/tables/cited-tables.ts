import type { TableCitation } from '../answers/citations/citation.ts'
import type { Queryable } from '../database/database.ts'
import { dataVersionOf } from './data-version.ts'
import { listTables } from './table-store.ts'

/** Whether the tables of a citation still say what they said when it was made. */
export async function findCitedState(
  db: Queryable,
  { project_id, tables, data_version }: TableCitation,
): Promise<'current' | 'changed' | 'deleted'> {
  const cited = new Set(tables.map(({ name }) => name))
  const now = (await listTables(db, project_id)).filter(({ name }) => cited.has(name))
  if (now.length === 0 && cited.size > 0) return 'deleted'
  return dataVersionOf(now) === data_version ? 'current' : 'changed'
}
