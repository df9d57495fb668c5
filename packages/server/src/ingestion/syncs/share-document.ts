import type { Tx } from '../../database/database.ts'
import { findDocument, moveDocument, removeDocument, type StoredDocument } from '../../retrieval/document-store.ts'
import type { Source } from '../source.ts'
import type { SourceFile } from '../source-file.ts'
import { findSharer, findTwin } from '../source-file-store.ts'
import { updateSource } from '../source-store.ts'

/**
 * Files of a source with the same bytes have one document, so that nothing is read twice or found twice. Returns how a
 * file stands that was given such bytes; `undefined` when no other file has them.
 */
export async function shareDocument(tx: Tx, source: Source, file: SourceFile, contentHash: string) {
  const twin = await findTwin(tx, file, contentHash)
  if (twin === undefined) return undefined
  if (file.document_id !== twin.document_id) await dropDocument(tx, source, file)
  return {
    status: 'indexed',
    outcome: 'indexed',
    reason: null,
    document_id: twin.document_id,
    media_type: twin.media_type,
  } as const
}

/** Takes what the index has of a file, unless another file shares it; its row is the caller's to write. */
export async function dropDocument(tx: Tx, source: Source, file: SourceFile): Promise<void> {
  const document = file.document_id === null ? undefined : await findDocument(tx, file.project_id, file.document_id)
  if (document === undefined) return
  if (!(await releaseDocument(tx, file, document))) return
  const items = source.items_done - document.passageCount
  const ref = { projectId: source.project_id, sourceId: source.id }
  await updateSource(tx, ref, { items_done: items, items_total: items })
}

/** A file lets go of its document; false when that stays with another file that shares it. */
export async function releaseDocument(
  tx: Tx,
  file: SourceFile,
  document: StoredDocument,
  options: { readonly isReplaced?: boolean } = {},
): Promise<boolean> {
  const sharer = await findSharer(tx, file, document.contentHash)
  if (sharer === undefined) {
    await removeDocument(tx, document.projectId, document.id, options)
    return true
  }
  if (document.fileId === file.id) await moveDocument(tx, { ...document, fileId: sharer.id, name: sharer.name })
  return false
}
