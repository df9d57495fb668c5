import { type RawBuilder, sql } from 'kysely'
import type { Engine, Tx } from '../database/database.ts'
import type { Schema } from '../database/schema.ts'
import type { ProjectId } from '../ids.ts'
import { removalKind } from './removed-project-store.ts'

/** What one transaction deletes at most: a few milliseconds' work on SQLite. A row alone may have more bytes. */
export const mostPerSlice = { rows: 200, bytes: 250_000 }

/** A table that holds what is in projects, by the rest of its primary key. */
export interface ProjectTable {
  readonly name: keyof Schema
  readonly key: readonly string[]
  /** The column that can be long. */
  readonly long?: string
  /** The only engine that has it. */
  readonly engine?: Engine
  /** Those rows only. */
  readonly which?: RawBuilder<boolean>
}

/**
 * What may still be begun for the project first, then what refers before what is referred to, so that foreign keys find
 * nothing to take along.
 */
export const projectTables: readonly ProjectTable[] = [
  { name: 'jobs', key: ['id'], which: sql<boolean>`kind <> ${sql.lit(removalKind)}` },
  { name: 'source_syncs', key: ['source_id'] },
  { name: 'answer_events', key: ['answer_id', 'day', 'number'], long: 'event' },
  { name: 'answer_traces', key: ['answer_id', 'day'], long: 'trace' },
  { name: 'answer_attempts', key: ['answer_id', 'attempt'], long: 'content' },
  { name: 'answers', key: ['id'], long: 'parameters' },
  { name: 'message_blocks', key: ['chat_id', 'number'], long: 'words' },
  { name: 'messages', key: ['chat_id', 'id'], long: 'content' },
  { name: 'chats', key: ['id'] },
  { name: 'textsearch_passages', key: ['document_id', 'number'], long: 'terms', engine: 'postgres' },
  { name: 'textsearch_projects', key: ['project_id'] },
  { name: 'index_blocks', key: ['segment_id', 'first_term'], long: 'entries' },
  { name: 'index_documents', key: ['segment_id', 'base'] },
  { name: 'index_segments', key: ['id'], long: 'lengths' },
  { name: 'embedding_lists', key: ['set_id', 'generation', 'list', 'id'], long: 'vectors' },
  { name: 'embedding_centroids', key: ['set_id', 'generation', 'number'], long: 'vectors' },
  { name: 'embedded_texts', key: ['set_id', 'hash'], long: 'vector' },
  { name: 'embeddings', key: ['document_id', 'set_id', 'blocks_after'], long: 'vectors' },
  { name: 'embedding_sets', key: ['id'] },
  { name: 'passages', key: ['document_id', 'number'], long: 'text' },
  { name: 'document_texts', key: ['document_id', 'start'], long: 'text' },
  { name: 'table_chunks', key: ['table_id', 'number'], long: 'bytes', engine: 'postgres' },
  { name: 'data_tables', key: ['id'], long: 'sample' },
  { name: 'documents', key: ['id'] },
  { name: 'file_chunks', key: ['file_id', 'number'], long: 'bytes', engine: 'postgres' },
  { name: 'source_files', key: ['id'] },
  { name: 'sources', key: ['id'], long: 'configuration' },
  { name: 'trainings', key: ['id'], long: 'overview' },
]

export interface Slice {
  readonly count: number
  /** Primary key of the last row, as the database gave it; undefined when there are no more. */
  readonly end: readonly unknown[] | undefined
}

/** Deletes some of a project's rows in a table, after those up to `after`. */
export async function clearSlice(
  tx: Tx,
  projectId: ProjectId,
  { name, key, long, which = sql<boolean>`true` }: ProjectTable,
  after: Slice['end'],
): Promise<Slice> {
  const table = sql.table(name)
  const columns = sql.join(key.map((column) => sql.ref(column)))
  const bytes = long === undefined ? sql`0` : sql`coalesce(octet_length(${sql.ref(long)}), 0)`
  const isPast = after === undefined ? sql`true` : sql`(${columns}) > (${sql.join(after)})`
  const { rows } = await sql<Readonly<Record<string, unknown>>>`
    select ${columns}, ${bytes} as slice_bytes from ${table}
    where project_id = ${projectId} and ${which} and ${isPast}
    order by ${columns} limit ${sql.lit(mostPerSlice.rows)}`.execute(tx)
  const last = lastOfSlice(rows.map((row) => Number(row['slice_bytes'])))
  const row = rows[last]
  if (row === undefined) return { count: 0, end: undefined }
  const end = key.map((column) => row[column])
  await sql`
    delete from ${table}
    where project_id = ${projectId} and ${which} and ${isPast} and (${columns}) <= (${sql.join(end)})`.execute(tx)
  const isLast = last === rows.length - 1 && rows.length < mostPerSlice.rows
  return { count: last + 1, end: isLast ? undefined : end }
}

/** One row in any case. */
function lastOfSlice(sizes: readonly number[]): number {
  let bytes = 0
  const first = sizes.findIndex((size) => {
    bytes += size
    return bytes > mostPerSlice.bytes
  })
  return first === -1 ? sizes.length - 1 : Math.max(first - 1, 0)
}
