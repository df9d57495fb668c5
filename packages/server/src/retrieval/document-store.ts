import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { now, type Queryable, type Tx } from '../database/database.ts'
import { unpagedCap } from '../database/page.ts'
import type { Schema } from '../database/schema.ts'
import type { DocumentId, FileId, JobId, ProjectId, SourceId } from '../ids.ts'
import { cutText, insertTextPieces } from './document-text-store.ts'
import { insertPassages } from './passage-store.ts'
import type { PreparedDocument } from './prepare-document.ts'
import { goingAway } from './staged-document-store.ts'
import { removeTerms, storeTerms } from './textsearch/index-document.ts'
import { unindexDocuments } from './words/indexed-document-store.ts'
import { requestTidying, requestTidyJob } from './words/request-tidying.ts'
import { insertDocumentSegment, retireSegmentsOf } from './words/segment-store.ts'

export interface NewDocument {
  readonly projectId: ProjectId
  readonly id: DocumentId
  readonly sourceId: SourceId
  readonly fileId: FileId
  readonly name: string
  readonly mediaType: string
  readonly contentHash: string
}

/** Writes a document, its text, passages and a segment of its own. The transaction makes it one. */
export async function storeDocument(tx: Tx, document: NewDocument, prepared: PreparedDocument): Promise<void> {
  const { projectId, id: documentId } = document
  await insertDocument(tx, document, prepared)
  await insertTextPieces(tx, { projectId, documentId }, [...cutText(prepared.text)])
  await insertPassages(tx, { projectId, documentId }, prepared.passages)
  if (prepared.passages.length === 0) return
  const { language, passages } = prepared
  const place = { projectId, documentId, language, first: 0, passageCount: passages.length }
  await insertDocumentSegment(tx, place, prepared.index, 'visible')
  await storeTerms(tx, place, prepared.index)
  await requestTidying(tx, projectId)
}

/** `stagedBy`: the job that writes the rest in transactions of their own, until when nobody sees it. */
export async function insertDocument(
  tx: Tx,
  document: NewDocument,
  prepared: PreparedDocument,
  stagedBy: JobId | null = null,
): Promise<void> {
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
      length: prepared.length,
      passage_count: prepared.passages.length,
      token_count: prepared.tokenCount,
      created_at: now(),
      staged_by: stagedBy,
    })
    .execute()
}

/** More takes SQLite's one connection, and the thread, for longer than anybody should wait: some ten milliseconds. */
export const mostAtOnce = { passages: 300, characters: 500_000 }
/** Ids that one statement names. */
const idsPerStatement = 500

type Condition = (eb: ExpressionBuilder<Schema, 'documents'>) => Expression<SqlBool>

/** Takes every document of a source out of the index; whoever deletes the source has to. */
export function removeDocuments(tx: Tx, projectId: ProjectId, sourceId: SourceId): Promise<void> {
  return removeWhere(tx, projectId, (eb) => eb('source_id', '=', sourceId))
}

/** Takes some documents out of the index. */
export async function removeSomeDocuments(tx: Tx, projectId: ProjectId, ids: readonly DocumentId[]): Promise<void> {
  if (ids.length > 0) await removeWhere(tx, projectId, (eb) => eb('id', 'in', ids))
}

/** Takes one document out of the index. `isReplaced`: its id is free at once, for what is stored in its place. */
export function removeDocument(
  tx: Tx,
  projectId: ProjectId,
  id: DocumentId,
  { isReplaced = false }: { readonly isReplaced?: boolean } = {},
): Promise<void> {
  return removeWhere(tx, projectId, (eb) => eb('id', '=', id), isReplaced)
}

/**
 * From the commit on nobody finds or shows them. Rows of a few small documents go at once; those of others are left to
 * `tidy-index`, so that no transaction takes long.
 */
async function removeWhere(tx: Tx, projectId: ProjectId, isRemoved: Condition, isAtOnce = false): Promise<void> {
  const removed = await tx
    .selectFrom('documents')
    .select(['id', 'staged_by', 'passage_count', 'length'])
    .where('project_id', '=', projectId)
    .where(isRemoved)
    .execute()
  if (removed.length === 0) return
  const staged = removed.filter(({ staged_by }) => staged_by !== null)
  for (const { id } of staged) await retireSegmentsOf(tx, projectId, id)
  if (staged.length > 0) await requestTidyJob(tx, projectId)
  const ids = removed.map(({ id }) => id)
  await unindexDocuments(tx, projectId, ids)
  const sum = (of: 'passage_count' | 'length') => removed.reduce((total, document) => total + document[of], 0)
  if (isAtOnce || (sum('passage_count') <= mostAtOnce.passages && sum('length') <= mostAtOnce.characters)) {
    await tx.deleteFrom('documents').where('project_id', '=', projectId).where(isRemoved).execute()
    return
  }
  await tx
    .updateTable('documents')
    .set({ staged_by: goingAway })
    .where('project_id', '=', projectId)
    .where(isRemoved)
    .execute()
  for (let at = 0; at < ids.length; at += idsPerStatement) {
    await forgetAtOnce(tx, projectId, ids.slice(at, at + idsPerStatement))
  }
  await requestTidyJob(tx, projectId)
}

/** What is found without the document's row. */
async function forgetAtOnce(tx: Tx, projectId: ProjectId, ids: readonly DocumentId[]): Promise<void> {
  await tx.deleteFrom('data_tables').where('project_id', '=', projectId).where('document_id', 'in', ids).execute()
  await removeTerms(tx, projectId, ids)
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
    .where('staged_by', 'is', null)
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

/** What is known of a document whose text stays: another version of its file says the same. */
export async function restateDocument(
  tx: Tx,
  {
    projectId,
    id,
    name,
    mediaType,
    contentHash,
  }: Pick<NewDocument, 'projectId' | 'id' | 'name' | 'mediaType' | 'contentHash'>,
): Promise<void> {
  await tx
    .updateTable('documents')
    .set({ name, media_type: mediaType, content_hash: contentHash, created_at: now() })
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
    .where('staged_by', 'is', null)
    .orderBy('id')
    .limit(unpagedCap)
    .execute()
}
