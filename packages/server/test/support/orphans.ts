import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Database } from '../../src/database/database.ts'
import type { DatabasePlace } from './databases.ts'

export interface Column {
  readonly table: string
  readonly column: string
}

/** What a column of this name points at, in every table that has it. */
const targets: Readonly<Record<string, { readonly table: string; readonly isInProject: boolean }>> = {
  project_id: { table: 'projects', isInProject: false },
  user_id: { table: 'users', isInProject: false },
  chat_id: { table: 'chats', isInProject: true },
  message_id: { table: 'messages', isInProject: true },
  parent_id: { table: 'messages', isInProject: true },
  leaf_id: { table: 'messages', isInProject: true },
  answer_id: { table: 'answers', isInProject: true },
  source_id: { table: 'sources', isInProject: true },
  file_id: { table: 'sources', isInProject: true },
  document_id: { table: 'documents', isInProject: true },
}

/**
 * Every row of every table, as the catalogue lists them, whose reference leads nowhere: `table.column: count`. Not what is
 * being taken away with its project.
 */
export async function findOrphanRows(db: Database): Promise<string[]> {
  const orphans: string[] = []
  const columns = await listColumns(db)
  const inProjects = new Set(columns.flatMap(({ table, column }) => (column === 'project_id' ? [table] : [])))
  const isGoing = sql`and not exists (select 1 from projects p where p.id = r.project_id and p.removed_at is not null)`
  for (const { table, column } of columns) {
    const target = targets[column]
    if (target === undefined || target.table === table) continue
    const isStaying = inProjects.has(table) ? isGoing : sql``
    const project = target.isInProject ? sql`and t.project_id = r.project_id` : sql``
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(table)} r where r.${sql.ref(column)} is not null
        and not exists (select 1 from ${sql.table(target.table)} t where t.id = r.${sql.ref(column)} ${project}) ${isStaying}`.execute(
      db.query,
    )
    const count = Number(rows[0]?.count)
    if (count > 0) orphans.push(`${table}.${column}: ${count}`)
  }
  return orphans
}

export async function listColumns(db: Database): Promise<Column[]> {
  const query =
    db.engine === 'sqlite'
      ? sql<Column>`select m.name as "table", c.name as "column" from sqlite_schema m join pragma_table_info(m.name) c
          where m.type = 'table' and m.name not like 'sqlite_%'`
      : sql<Column>`select t.relname as "table", a.attname as "column" from pg_class t
          join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'public'
          join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          where t.relkind in ('r', 'p') and not t.relispartition`
  return (await query.execute(db.query)).rows
}

/** Uploads without a row, and temporary files: names below the data folder. */
export async function findOrphanFiles(db: Database, { dataDir }: DatabasePlace): Promise<string[]> {
  const sources = await db.query.selectFrom('sources').select(['project_id', 'id']).execute()
  const known = new Set(sources.map((source) => join('files', source.project_id, source.id)))
  const found = [...listFiles(dataDir, 'files'), ...listFiles(dataDir, 'tmp')]
  return found.filter((path) => !known.has(path))
}

function listFiles(dataDir: string, folder: string): string[] {
  try {
    return readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
