import { isTextOf } from '../retrieval/document-text-store.ts'
import type { CutDocumentAgain } from '../retrieval/words/rebuild-index.ts'
import { readHead } from './archives/archive-kind.ts'
import { readFile } from './files/read-file.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import { fileRef } from './source-file.ts'
import { findFile } from './source-file-store.ts'
import type { SyncDependencies } from './syncs/sync-session.ts'

/**
 * Reads a document's file once more for its passages. When the bytes are others by now, or the text is, the document is
 * another: whoever reads the file for that replaces it as a whole.
 */
export function createCutAgain(
  dependencies: Pick<SyncDependencies, 'db' | 'files' | 'tableFiles' | 'parser' | 'config'>,
): CutDocumentAgain {
  const { db, files } = dependencies
  return async ({ projectId, documentId, fileId, contentHash }, signal) => {
    const file = await findFile(db.query, { projectId, fileId })
    if (file === undefined || file.content_hash !== contentHash) return undefined
    await using original = await files.materialize(fileRef(file))
    if (original === undefined) return undefined
    await using read = await readFile(dependencies, file, {
      path: original.path,
      head: await readHead(original.path),
      signal,
    })
    const { outcome } = read
    if (outcome instanceof ParseFailure || outcome.passages.length === 0) return undefined
    return (await isTextOf(db.query, { projectId, documentId }, outcome.text)) ? outcome : undefined
  }
}
