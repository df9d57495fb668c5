import type { Tx } from '../database/database.ts'
import { type DocumentId, newId } from '../ids.ts'
import { findDocument } from '../retrieval/document-store.ts'
import { isTextOf } from '../retrieval/document-text-store.ts'
import {
  clearAbandoned,
  clearStaged,
  isLarge,
  type StagedDocument,
  stageDocument,
} from '../retrieval/stage-document.ts'
import { listAbandoned } from '../retrieval/staged-document-store.ts'
import { standsAs } from '../retrieval/stands-as.ts'
import type { ReadFile } from './files/read-file.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import type { Parsed } from './parsing/parse-message.ts'
import type { SourceFile } from './source-file.ts'
import { findSharer } from './source-file-store.ts'
import { lockSource } from './source-store.ts'
import type { SyncSession } from './syncs/sync-session.ts'

type Reader = Pick<SyncSession, 'db' | 'job' | 'logger' | 'ref'>

/** What is written of a file before the transaction that shows it; disposing clears away what was not shown. */
interface StagedFile extends AsyncDisposable {
  /** Undefined for what one transaction may write as a whole. */
  readonly document: StagedDocument | undefined
  /** What is stored already says just this, in the same passages. */
  readonly standing: DocumentId | undefined
}

/** Of whose document more is written than one transaction may. */
export function isLargeFile({ outcome }: ReadFile): boolean {
  return !(outcome instanceof ParseFailure) && isLarge(outcome)
}

/** Writes the document of a large file, unless the text is what is stored already: that keeps its id. */
export async function stageFile(
  reader: Reader,
  file: SourceFile,
  { outcome }: ReadFile,
  signal: AbortSignal,
): Promise<StagedFile> {
  const nothing = { document: undefined, standing: undefined, [Symbol.asyncDispose]: async () => undefined }
  if (outcome instanceof ParseFailure || !isLarge(outcome)) return nothing
  const stored = await findStored(reader, file, outcome)
  if (stored !== undefined) {
    const isWhole = await standsAs(reader.db.query, { projectId: file.project_id, documentId: stored }, outcome)
    return isWhole ? { ...nothing, standing: stored } : nothing
  }
  const { db, job, logger, ref } = reader
  const documentId = newId<DocumentId>()
  const document = {
    ...ref,
    id: documentId,
    fileId: file.id,
    name: file.name,
    mediaType: outcome.mediaType,
    contentHash: file.content_hash ?? '',
  }
  const clear = () =>
    clearStaged(db, { projectId: ref.projectId, documentId }).catch((error) =>
      logger.warn({ document: documentId, error: String(error) }, 'part of a document is left for the next tidying'),
    )
  const isWanted = async (tx: Tx) => (await lockSource(db, tx, ref)) !== undefined
  try {
    const staged = await stageDocument(db, document, outcome, { job, isWanted, signal })
    return { document: staged, standing: undefined, [Symbol.asyncDispose]: clear }
  } catch (error) {
    await clear()
    throw error
  }
}

async function findStored({ db }: Reader, file: SourceFile, parsed: Parsed): Promise<DocumentId | undefined> {
  const { project_id: projectId, document_id: id } = file
  const before = id === null ? undefined : await findDocument(db.query, projectId, id)
  if (before === undefined || before.length !== parsed.length) return undefined
  // It stays as it is with the others, and this file gets one of its own.
  const isOfOthers = file.content_hash !== before.contentHash && (await findSharer(db.query, file, before.contentHash))
  if (isOfOthers) return undefined
  return (await isTextOf(db.query, { projectId, documentId: before.id }, parsed.text)) ? before.id : undefined
}

/** What an attempt that died left of a file. */
export async function clearDeadAttempts(
  { db, job }: SyncSession,
  file: SourceFile,
  signal: AbortSignal,
): Promise<void> {
  const own = { fileId: file.id, jobId: job.id }
  const abandoned = await listAbandoned(db.query, file.project_id, own)
  await clearAbandoned(db, file.project_id, abandoned, signal)
}
