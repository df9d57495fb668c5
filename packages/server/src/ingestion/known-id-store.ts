import { sql } from 'kysely'
import type { Queryable } from '../database/database.ts'
import type { FileId, ProjectId, SourceId } from '../ids.ts'

interface Tables {
  readonly sources: SourceId
  readonly source_files: FileId
}

const idsPerRead = 500

/** Which of these are in the project. */
export async function listKnownIds<T extends keyof Tables>(
  db: Queryable,
  table: T,
  { projectId, ids }: { readonly projectId: ProjectId; readonly ids: readonly Tables[T][] },
): Promise<ReadonlySet<Tables[T]>> {
  const known = new Set<Tables[T]>()
  for (let start = 0; start < ids.length; start += idsPerRead) {
    const batch = ids.slice(start, start + idsPerRead)
    const { rows } = await sql<{ id: Tables[T] }>`
      select id from ${sql.table(table)} where project_id = ${projectId} and id in (${sql.join(batch)})`.execute(db)
    for (const { id } of rows) known.add(id)
  }
  return known
}
