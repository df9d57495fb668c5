import type { Database, Tx } from '../database/database.ts'
import type { FileStatus } from '../database/schema.ts'
import { type DocumentId, newId } from '../ids.ts'
import { findDocument, restateDocument, type StoredDocument, storeDocument } from '../retrieval/document-store.ts'
import { isTextOf } from '../retrieval/document-text-store.ts'
import type { StagedDocument } from '../retrieval/stage-document.ts'
import type { DataTable } from '../tables/data-table.ts'
import { storeTables } from '../tables/store-tables.ts'
import type { TableFiles } from '../tables/table-files.ts'
import { deleteTablesOf, listTablesOf } from '../tables/table-store.ts'
import type { ReadFile } from './files/read-file.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import type { Parsed } from './parsing/parse-message.ts'
import type { Source } from './source.ts'
import { fileRef, type SourceFile, uploadedFileId } from './source-file.ts'
import { findFile, findSharer, updateFile, withEarlier } from './source-file-store.ts'
import { lockSource, updateSource } from './source-store.ts'
import { releaseDocument } from './syncs/share-document.ts'

const maxWarnings = 20

/** What was found or done before the transaction. */
interface Beforehand {
  /** Written already and only shown here. */
  readonly document: StagedDocument | undefined
  /** The document that says just what was read, in the same passages: these are not to be replaced. */
  readonly standing: DocumentId | undefined
}

interface IndexDependencies {
  readonly db: Pick<Database, 'engine'>
  readonly tableFiles: Pick<TableFiles, 'put'>
}

/**
 * Replaces what the index has of a file; returns what came of it, `undefined` when the file is gone. One that can no longer be read keeps its earlier
 * passages. When the text is the same as before, so is the document's id: citations go on pointing at it.
 */
export async function indexFile(
  { db, tableFiles }: IndexDependencies,
  tx: Tx,
  known: SourceFile,
  { outcome, tables, written }: ReadFile,
  { document: staged, standing }: Beforehand = { document: undefined, standing: undefined },
): Promise<FileStatus | undefined> {
  const source = await lockSource(db, tx, { projectId: known.project_id, sourceId: known.source_id })
  const file = source === undefined ? undefined : await findFile(tx, fileRef(known))
  if (source === undefined || file === undefined) return undefined
  // Other bytes came while these were read; they are read in their turn.
  if (file.content_hash !== known.content_hash) return file.status
  const before = file.document_id === null ? undefined : await findDocument(tx, file.project_id, file.document_id)
  if (outcome instanceof ParseFailure) return await keepEarlier(tx, source, file, outcome, before)
  const earlier = before === undefined ? [] : await listTablesOf(tx, before.projectId, before.id)
  const isWhole = before !== undefined && before.id === standing
  const kept = isWhole && (await keepDocument(tx, source, file, outcome, before)) ? before.id : undefined
  if (kept !== undefined && areSame(earlier, file, tables)) return 'indexed'
  if (kept !== undefined && earlier.length > 0) await deleteTablesOf(tx, file.project_id, kept)
  const documentId = kept ?? (await replaceDocument(tx, source, file, { parsed: outcome, staged }, before))
  if (tables !== undefined) {
    const owner = { projectId: source.project_id, sourceId: source.id, documentId, fileName: file.name }
    written.push(...(await storeTables(tx, tableFiles, owner, tables, earlier)))
  }
  return 'indexed'
}

async function keepEarlier(
  tx: Tx,
  source: Source,
  file: SourceFile,
  failure: ParseFailure,
  before: StoredDocument | undefined,
): Promise<FileStatus> {
  const reason = before === undefined ? failure.message : withEarlier(failure.message)
  const isUnwanted = failure.reason === 'unsupported' || failure.reason === 'empty'
  const outcome = isUnwanted ? 'skipped' : 'failed'
  await updateFile(tx, fileRef(file), { status: outcome, outcome, reason })
  if (file.id === uploadedFileId(source.id)) {
    const ref = { projectId: source.project_id, sourceId: source.id }
    await updateSource(tx, ref, { status: before === undefined ? 'error' : 'connected', error: reason })
  }
  return outcome
}

/** What was read is what is searched already: nothing is written but what else is known of it. False when it is not the file's alone. */
async function keepDocument(
  tx: Tx,
  source: Source,
  file: SourceFile,
  parsed: Parsed,
  before: StoredDocument,
): Promise<boolean> {
  const { mediaType } = parsed
  if (before.fileId !== file.id || before.language !== parsed.language) return false
  const facts = { name: file.name, mediaType, contentHash: file.content_hash ?? '' }
  if (before.name !== facts.name || before.mediaType !== mediaType || before.contentHash !== facts.contentHash) {
    if ((await findSharer(tx, file, before.contentHash)) !== undefined) return false
    await restateDocument(tx, { ...before, ...facts })
  }
  const outcome = { status: 'indexed', outcome: 'indexed', reason: null, media_type: mediaType } as const
  await updateFile(tx, fileRef(file), outcome)
  if (file.id === uploadedFileId(source.id)) {
    await updateSource(tx, { projectId: source.project_id, sourceId: source.id }, describeUpload(source, parsed))
  }
  return true
}

/** The tables that were read are those that are stored. */
function areSame(stored: readonly DataTable[], file: SourceFile, read: ReadFile['tables']): boolean {
  const tables = read?.tables ?? []
  if (tables.length !== stored.length || stored.some(({ fileName }) => fileName !== file.name)) return false
  return tables.every(({ sheet, contentHash }) => {
    return stored.some((table) => table.sheet === sheet && table.contentHash === contentHash)
  })
}

async function replaceDocument(
  tx: Tx,
  source: Source,
  file: SourceFile,
  { parsed, staged }: { readonly parsed: Parsed; readonly staged: StagedDocument | undefined },
  before: StoredDocument | undefined,
): Promise<DocumentId> {
  const ref = { projectId: source.project_id, sourceId: source.id }
  const isSame = staged === undefined && before !== undefined && (await isSameText(tx, before, parsed))
  const isReleased = before !== undefined && (await releaseDocument(tx, file, before, { isReplaced: isSame }))
  const id = staged?.id ?? (isSame && isReleased ? before.id : newId<DocumentId>())
  const { name, content_hash } = file
  await updateFile(tx, fileRef(file), {
    status: 'indexed',
    outcome: 'indexed',
    reason: null,
    document_id: id,
    media_type: parsed.mediaType,
  })
  const items = source.items_done - (isReleased ? before.passageCount : 0) + parsed.passages.length
  const counts = { items_done: items, items_total: items }
  await updateSource(
    tx,
    ref,
    file.id === uploadedFileId(source.id) ? { ...counts, ...describeUpload(source, parsed) } : counts,
  )
  const document = { ...ref, id, fileId: file.id, name, mediaType: parsed.mediaType, contentHash: content_hash ?? '' }
  if (staged === undefined) await storeDocument(tx, document, parsed)
  // Cannot happen while the source is locked; should it, the next attempt begins anew.
  else if (!(await staged.show(tx, name))) throw new Error('A document was cleared away before it was shown')
  return id
}

/** What stands at the source itself when it is one file. */
function describeUpload(source: Source, parsed: Parsed) {
  const { warnings: _, ...facts } = source.configuration
  const warnings = parsed.warnings.slice(0, maxWarnings)
  return {
    status: 'connected' as const,
    error: null,
    media_type: parsed.mediaType,
    configuration: warnings.length === 0 ? facts : { ...facts, warnings },
  }
}

async function isSameText(tx: Tx, before: StoredDocument, parsed: Parsed): Promise<boolean> {
  if (before.length !== parsed.length) return false
  return await isTextOf(tx, { projectId: before.projectId, documentId: before.id }, parsed.text)
}
