import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { now, type Queryable, type Tx } from '../database/database.ts'
import { unpagedCap } from '../database/page.ts'
import type { Schema } from '../database/schema.ts'
import type { DocumentId, FileId, ProjectId, SourceId } from '../ids.ts'
import type { FoundPassage, PlaceChange } from './passage.ts'
import type { PreparedDocument } from './prepare-document.ts'

/** Rows an insert carries: 12 values a row at most, far below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 500

export interface NewDocument {
  readonly projectId: ProjectId
  readonly id: DocumentId
  readonly sourceId: SourceId
  readonly fileId: FileId
  readonly name: string
  readonly mediaType: string
  readonly contentHash: string
}

/** Writes a document, its passages, its postings and its share of the statistics. The transaction makes it one. */
export async function storeDocument(tx: Tx, document: NewDocument, prepared: PreparedDocument): Promise<void> {
  const key = { project_id: document.projectId, document_id: document.id }
  await tx
    .insertInto('documents')
    .values({
      project_id: document.projectId,
      id: document.id,
      source_id: document.sourceId,
      file_id: document.fileId,
      name: document.name,
      media_type: document.mediaType,
      language: prepared.language,
      content_hash: document.contentHash,
      text: prepared.text,
      length: prepared.length,
      passage_count: prepared.passages.length,
      token_count: prepared.tokenCount,
      created_at: now(),
      terms: prepared.postings.map(({ term }) => term).join('\n'),
    })
    .execute()
  const passages = prepared.passages.map((passage, number) => ({
    ...key,
    number,
    text: passage.text,
    heading_path: JSON.stringify(passage.headingPath),
    start: passage.start,
    end: passage.end,
    page: passage.page,
    sheet: passage.sheet,
    row_start: passage.rowStart,
    row_end: passage.rowEnd,
    place_changes: passage.changes === null ? null : encodeChanges(passage.changes),
  }))
  for (const rows of batches(passages)) await tx.insertInto('passages').values(rows).execute()
  for (const rows of batches(prepared.postings)) {
    await tx
      .insertInto('postings')
      .values(rows.map((row) => ({ ...key, ...row })))
      .execute()
  }
  await moveStatistics(tx, document.projectId, prepared.language, prepared.passages.length, prepared.tokenCount)
}

/** `[start, row]` each, and the heading path where it is another than before: a table's rows share theirs. */
function encodeChanges(changes: readonly PlaceChange[]): string {
  let known = ''
  const entries = changes.map(({ start, headingPath, row }) => {
    const path = JSON.stringify(headingPath)
    const entry = path === known ? [start, row] : [start, row, headingPath]
    known = path
    return entry
  })
  return JSON.stringify(entries)
}

function decodeChanges(json: string): PlaceChange[] {
  const entries: [start: number, row: number | null, headingPath?: string[]][] = JSON.parse(json)
  let headingPath: readonly string[] = []
  return entries.map(([start, row, path]) => {
    headingPath = path ?? headingPath
    return { start, headingPath, row }
  })
}

function batches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / rowsPerInsert) }, (_, i) =>
    rows.slice(i * rowsPerInsert, (i + 1) * rowsPerInsert),
  )
}

/** Last in its transaction: on PostgreSQL the row stays locked until the commit. */
async function moveStatistics(
  tx: Tx,
  projectId: ProjectId,
  language: string,
  passages: number,
  tokens: number,
): Promise<void> {
  await tx
    .insertInto('index_statistics')
    .values({ project_id: projectId, language, passage_count: passages, token_count: tokens })
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'language']).doUpdateSet((row) => ({
        passage_count: row('index_statistics.passage_count', '+', row.ref('excluded.passage_count')),
        token_count: row('index_statistics.token_count', '+', row.ref('excluded.token_count')),
      })),
    )
    .execute()
}

/** Takes every document of a source out of the index; passages go with their document. */
export function removeDocuments(tx: Tx, projectId: ProjectId, sourceId: SourceId): Promise<void> {
  return removeWhere(tx, projectId, (eb) => eb('source_id', '=', sourceId))
}

/** Takes one document out of the index. */
export function removeDocument(tx: Tx, projectId: ProjectId, id: DocumentId): Promise<void> {
  return removeWhere(tx, projectId, (eb) => eb('id', '=', id))
}

async function removeWhere(
  tx: Tx,
  projectId: ProjectId,
  isRemoved: (eb: ExpressionBuilder<Schema, 'documents'>) => Expression<SqlBool>,
): Promise<void> {
  const removed = await tx
    .deleteFrom('documents')
    .where('project_id', '=', projectId)
    .where(isRemoved)
    .returning(['id', 'language', 'passage_count', 'token_count', 'terms'])
    .execute()
  if (removed.length === 0) return
  for (const { id, terms } of removed) await removePostings(tx, projectId, id, terms.split('\n'))
  const languages = Map.groupBy(removed, (document) => document.language)
  // Always in one order, so that two removals cannot wait for each other.
  for (const [language, documents] of [...languages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const passages = documents.reduce((sum, document) => sum + document.passage_count, 0)
    const tokens = documents.reduce((sum, document) => sum + document.token_count, 0)
    await moveStatistics(tx, projectId, language, -passages, -tokens)
  }
  await tx.deleteFrom('index_statistics').where('project_id', '=', projectId).where('passage_count', '=', 0).execute()
}

async function removePostings(tx: Tx, projectId: ProjectId, id: DocumentId, terms: readonly string[]): Promise<void> {
  const sorted = terms.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  for (const batch of batches(sorted)) await deletePostings(tx, projectId, id, batch).execute()
}

/**
 * `terms` in the order of the index. Their range says nothing new, but keeps PostgreSQL within it while it has no
 * statistics yet: it then reads a project's postings once for all batches together rather than once for each.
 */
export function deletePostings(db: Queryable, projectId: ProjectId, id: DocumentId, terms: readonly string[]) {
  return db
    .deleteFrom('postings')
    .where('project_id', '=', projectId)
    .where('document_id', '=', id)
    .where('term', '>=', terms[0] ?? '')
    .where('term', '<=', terms.at(-1) ?? '')
    .where('term', 'in', terms)
}

export interface StoredDocument extends NewDocument {
  readonly language: string
  /** Code points of the text. */
  readonly length: number
  readonly passageCount: number
  readonly createdAt: string
}

const documentColumns = [
  'project_id as projectId',
  'id',
  'source_id as sourceId',
  'file_id as fileId',
  'name',
  'media_type as mediaType',
  'content_hash as contentHash',
  'language',
  'length',
  'passage_count as passageCount',
  'created_at as createdAt',
] as const

export function findDocument(db: Queryable, projectId: ProjectId, id: DocumentId): Promise<StoredDocument | undefined> {
  return db
    .selectFrom('documents')
    .select(documentColumns)
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** When the file that it was read from goes, and another has the same bytes. */
export async function moveDocument(
  tx: Tx,
  { projectId, id, fileId, name }: Pick<NewDocument, 'projectId' | 'id' | 'fileId' | 'name'>,
): Promise<void> {
  await tx
    .updateTable('documents')
    .set({ file_id: fileId, name })
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .execute()
}

/** The first thousand of a source's documents. */
export function listDocuments(db: Queryable, projectId: ProjectId, sourceId: SourceId): Promise<StoredDocument[]> {
  return db
    .selectFrom('documents')
    .select(documentColumns)
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .orderBy('id')
    .limit(unpagedCap)
    .execute()
}

/** The canonical text, which every citation is a slice of (in code points). */
export async function readDocumentText(
  db: Queryable,
  projectId: ProjectId,
  id: DocumentId,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('documents')
    .select('text')
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.text
}

/** A passage by where it stands: its document and its number in it. */
export interface PassagePlace {
  readonly documentId: DocumentId
  readonly number: number
}

export type StoredPassage = Omit<FoundPassage, 'score' | 'scores'>

/** Passages by place, in the order asked for; those that are gone are left out. One indexed read a passage. */
export async function readPassages(
  db: Queryable,
  projectId: ProjectId,
  places: readonly PassagePlace[],
): Promise<StoredPassage[]> {
  if (places.length === 0) return []
  const rows = await selectPassages(db, projectId, places).execute()
  const byPlace = new Map(rows.map((row) => [`${row.documentId}/${row.number}`, row]))
  return places.flatMap((place) => {
    const row = byPlace.get(`${place.documentId}/${place.number}`)
    if (row === undefined) return []
    const changes = row.changes === null ? null : decodeChanges(row.changes)
    return [{ ...row, headingPath: JSON.parse(row.headingPath), changes }]
  })
}

export function selectPassages(db: Queryable, projectId: ProjectId, places: readonly PassagePlace[]) {
  // The cast: PostgreSQL takes an untyped parameter in a VALUES list for text.
  const wanted = sql.join(places.map((place) => sql`(${place.documentId}, cast(${place.number} as bigint))`))
  return db
    .selectFrom('passages')
    .innerJoin('documents', (join) =>
      join.onRef('documents.project_id', '=', 'passages.project_id').onRef('documents.id', '=', 'passages.document_id'),
    )
    .select([
      'passages.project_id as projectId',
      'documents.source_id as sourceId',
      'passages.document_id as documentId',
      'documents.name as documentName',
      'documents.language as language',
      'passages.number as number',
      'passages.text as text',
      'passages.heading_path as headingPath',
      'passages.page as page',
      'passages.sheet as sheet',
      'passages.row_start as rowStart',
      'passages.row_end as rowEnd',
      'passages.start as start',
      'passages.end as end',
      'passages.place_changes as changes',
    ])
    .where('passages.project_id', '=', projectId)
    .where(sql<boolean>`(passages.document_id, passages.number) in (values ${wanted})`)
}
