import { type RawBuilder, sql } from 'kysely'
import { type Database, inTransaction, type Queryable, type Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import { analyserVersion } from '../words/segment.ts'

const table = 'textsearch_passages'
const rowsPerInsert = 200
const documentsPerRead = 200

export async function findTextsearchProject(db: Queryable, projectId: ProjectId) {
  return await db
    .selectFrom('textsearch_projects')
    .select(['state', 'version'])
    .where('project_id', '=', projectId)
    .executeTakeFirst()
}

/** From here on whoever stores a document stores its terms too. */
export async function beginTextsearch(tx: Tx, projectId: ProjectId): Promise<void> {
  await sql`insert into textsearch_projects (project_id, state, version) values (${projectId}, 'building', ${analyserVersion})
    on conflict (project_id) do update set state = 'building', version = excluded.version`.execute(tx)
}

/** Waits for those that store a document of the project and may not have seen `beginTextsearch`. */
export async function awaitStoring(tx: Tx, projectId: ProjectId): Promise<void> {
  await sql`select id from sources where project_id = ${projectId} order by id for update`.execute(tx)
}

/** Unless the index was swapped since `beginTextsearch`. */
export async function activateTextsearch(tx: Tx, projectId: ProjectId): Promise<void> {
  await tx
    .updateTable('textsearch_projects')
    .set({ state: 'active' })
    .where('project_id', '=', projectId)
    .where('version', '=', analyserVersion)
    .execute()
}

/** Some documents whose terms are not stored, after one of them. */
export async function listUntermed(db: Queryable, projectId: ProjectId, after: DocumentId | undefined) {
  return await db
    .selectFrom('documents')
    .select(['id as documentId', 'language', 'passage_count as passageCount'])
    .where('project_id', '=', projectId)
    .where('passage_count', '>', 0)
    .where('staged_by', 'is', null)
    .$if(after !== undefined, (query) => query.where('id', '>', after as DocumentId))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('textsearch_passages as known')
            .select('known.number')
            .where('known.project_id', '=', projectId)
            .whereRef('known.document_id', '=', 'documents.id'),
        ),
      ),
    )
    .orderBy('id')
    .limit(documentsPerRead)
    .execute()
}

/** Keeps a document from being taken out until the transaction ends; false when it is gone, or going. */
export async function holdDocument(tx: Tx, projectId: ProjectId, id: DocumentId): Promise<boolean> {
  const { rows } = await sql`
    select id from documents where project_id = ${projectId} and id = ${id}
      and staged_by is null for share`.execute(tx)
  return rows.length > 0
}

export async function insertPassageTerms(
  tx: Tx,
  { projectId, documentId }: { readonly projectId: ProjectId; readonly documentId: DocumentId },
  texts: readonly string[],
  first = 0,
): Promise<void> {
  for (let from = 0; from < texts.length; from += rowsPerInsert) {
    const rows = texts.slice(from, from + rowsPerInsert)
    const numbers = rows.map((_, i) => first + from + i)
    await sql`insert into textsearch_passages (project_id, document_id, number, terms)
      select ${projectId}, ${documentId}, row.number, row.terms
      from unnest(${numbers}::bigint[], ${rows}::text[]) as row (number, terms)
      on conflict do nothing`.execute(tx)
  }
}

export async function deletePassageTerms(
  tx: Tx,
  projectId: ProjectId,
  documents: readonly DocumentId[],
): Promise<void> {
  await tx
    .deleteFrom('textsearch_passages')
    .where('project_id', '=', projectId)
    .where('document_id', 'in', documents)
    .execute()
}

/** Some of a project's terms, of another analyser; false when none are left. */
export async function removeTermSlice(db: Queryable, projectId: ProjectId): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`delete from textsearch_passages where ctid in (
    select ctid from textsearch_passages where project_id = ${projectId} limit 2000)`.execute(db)
  return numAffectedRows > 0n
}

function indexName(projectId: ProjectId): string {
  return `textsearch_${requireId(projectId).replaceAll('-', '')}`
}

/** It stands in a statement as it is. */
function requireId(id: ProjectId): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new RangeError('not an id')
  return id
}

/** Of one project alone, so that its counts are the project's. Beside whatever reads and writes. */
export async function createTermIndex(db: Queryable, projectId: ProjectId): Promise<void> {
  const name = indexName(projectId)
  const { rows } = await sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index join pg_class on pg_class.oid = indexrelid
    where relname = ${name}`.execute(db)
  if (rows[0]?.valid === true) return
  // A broken one that an earlier attempt left is made anew.
  if (rows[0] !== undefined) await sql.raw(`drop index concurrently if exists ${name}`).execute(db)
  await sql
    .raw(`create index concurrently if not exists ${name} on ${table} using bm25 (terms)
      with (text_config = 'pg_catalog.simple', k1 = 1.2, b = 0.75) where project_id = '${requireId(projectId)}'`)
    .execute(db)
}

/** Indexes of projects that are no more, or not searched by the extension any more. */
export async function dropUnusedTermIndexes(db: Queryable): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'i' and relname ~ '^textsearch_[0-9a-f]{32}$' and not exists (
      select 1 from textsearch_projects where relname = 'textsearch_' || replace(project_id, '-', ''))`.execute(db)
  for (const { name } of rows) await sql.raw(`drop index concurrently if exists ${name}`).execute(db)
}

export interface TermsRow {
  readonly documentId: DocumentId
  readonly number: number
  readonly terms: string
}

/** The passages that the index puts first; after the last that holds a term come some that hold none. */
export async function searchTerms(
  db: Database,
  projectId: ProjectId,
  terms: string,
  limit: number,
): Promise<readonly TermsRow[]> {
  return await inTransaction(db, async (tx) => {
    // Otherwise a planner with old statistics may score every passage of the project by itself.
    await sql`set local enable_sort = off`.execute(tx)
    return (await selectTerms(projectId, terms, limit).execute(tx)).rows
  })
}

/** Project and terms stand in the text: the index is for one project, and a plan for any project could not use it. */
export function selectTerms(projectId: ProjectId, terms: string, limit: number): RawBuilder<TermsRow> {
  if (!/^[a-z ]*$/.test(terms)) throw new RangeError('not encoded terms')
  return sql<TermsRow>`select document_id as "documentId", number, terms from ${sql.table(table)}
    where project_id = ${sql.lit(requireId(projectId))}
    order by terms <@> to_bm25query(${sql.lit(terms)}, ${sql.lit(indexName(projectId))}) limit ${sql.lit(Number(limit))}`
}
