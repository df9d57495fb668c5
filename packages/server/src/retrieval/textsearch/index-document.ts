import type { Tx } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { PassageIndex } from '../prepare-document.ts'
import { analyserVersion } from '../words/segment.ts'
import { listPassageTerms } from './passage-terms.ts'
import { deletePassageTerms, findTextsearchProject, insertPassageTerms } from './textsearch-store.ts'

/**
 * In the transaction that stores a document, once the document is there: its terms for pg_textsearch, where the project is
 * large enough to have them. With the document they also go.
 */
export async function storeTerms(
  tx: Tx,
  place: { readonly projectId: ProjectId; readonly documentId: DocumentId; readonly passageCount: number },
  { blocks }: PassageIndex,
): Promise<void> {
  const known = await findTextsearchProject(tx, place.projectId)
  if (known?.version !== analyserVersion) return
  await insertPassageTerms(tx, place, await listPassageTerms(blocks, place.passageCount))
}

/** In the transaction that takes documents out of the index, when their rows stay for a while. */
export async function removeTerms(tx: Tx, projectId: ProjectId, documents: readonly DocumentId[]): Promise<void> {
  if ((await findTextsearchProject(tx, projectId)) !== undefined) await deletePassageTerms(tx, projectId, documents)
}
