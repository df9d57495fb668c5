import { type ExpressionBuilder, sql } from 'kysely'
import type { Queryable } from '../database/database.ts'
import type { Schema } from '../database/schema.ts'
import type { DocumentId, ProjectId } from '../ids.ts'
import type { PassageFilter } from './passage-filter.ts'
import type { PassagePlace } from './passage-store.ts'

const documentsPerRead = 1_000

/** The documents of a project that a filter lets through, by id. */
export async function readFilteredDocuments(
  db: Queryable,
  projectId: ProjectId,
  filter: PassageFilter,
): Promise<ReadonlySet<DocumentId>> {
  const ids = new Set<DocumentId>()
  if (filter.sourceIds?.length === 0 || filter.documentIds?.length === 0) return ids
  for (let after: DocumentId | undefined; ; ) {
    const rows = await selectFilteredDocuments(db, projectId, filter, after).execute()
    for (const { id } of rows) ids.add(id)
    if (rows.length < documentsPerRead) return ids
    after = rows.at(-1)?.id
    await new Promise(setImmediate)
  }
}

function selectFilteredDocuments(
  db: Queryable,
  projectId: ProjectId,
  { sourceIds, documentIds, mediaTypes, storedFrom, storedBefore }: PassageFilter,
  after: DocumentId | undefined,
) {
  return db
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('staged_by', 'is', null)
    .$if(after !== undefined, (query) => query.where('id', '>', after as DocumentId))
    .$if(sourceIds !== undefined, (query) => query.where('source_id', 'in', sourceIds ?? []))
    .$if(documentIds !== undefined, (query) => query.where('id', 'in', documentIds ?? []))
    .$if(mediaTypes !== undefined, (query) => query.where((eb) => eb.or((mediaTypes ?? []).map(isOfType(eb)))))
    .$if(storedFrom !== undefined, (query) => query.where('created_at', '>=', storedFrom ?? ''))
    .$if(storedBefore !== undefined, (query) => query.where('created_at', '<', storedBefore ?? ''))
    .orderBy('id')
    .limit(documentsPerRead)
}

function isOfType(eb: ExpressionBuilder<Schema, 'documents'>) {
  return (type: string) =>
    type.includes('/')
      ? eb('media_type', '=', type)
      : eb(sql<string>`substr(media_type, 1, cast(${type.length + 1} as integer))`, '=', `${type}/`)
}

/** The passages on these pages, in no order; undefined when there are more than `most`. By their own index alone. */
export async function listPassagesOnPages(
  db: Queryable,
  projectId: ProjectId,
  pages: NonNullable<PassageFilter['pages']>,
  most: number,
): Promise<readonly PassagePlace[] | undefined> {
  const rows = await selectPassagesOnPages(db, projectId, pages, most + 1).execute()
  return rows.length > most ? undefined : rows
}

export function selectPassagesOnPages(
  db: Queryable,
  projectId: ProjectId,
  { first, last }: NonNullable<PassageFilter['pages']>,
  limit: number,
) {
  return db
    .selectFrom('passages')
    .select(['document_id as documentId', 'number'])
    .where('project_id', '=', projectId)
    .where('page', '>=', first)
    .where('page', '<=', last)
    .limit(limit)
}
