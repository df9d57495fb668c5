import { sql } from 'kysely'
import type { Database } from '../../src/database/database.ts'
import { listColumns } from './orphans.ts'

/** Tables whose rows are of a project, as the catalogue lists them. */
export async function listProjectTables(db: Database): Promise<string[]> {
  const columns = await listColumns(db)
  return columns.flatMap(({ table, column }) => (column === 'project_id' ? [table] : [])).toSorted()
}

/** How many rows each of them has of a project; none is left out. The project's own row is one of `projects`. */
export async function countProjectRows(db: Database, projectId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [table, column] of [
    ['projects', 'id'],
    ...(await listProjectTables(db)).map((one) => [one, 'project_id']),
  ]) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(table ?? '')} where ${sql.ref(column ?? '')} = ${projectId}`.execute(
      db.query,
    )
    const count = Number(rows[0]?.count)
    if (count > 0) counts[table ?? ''] = count
  }
  return counts
}
