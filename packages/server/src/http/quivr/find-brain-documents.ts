import type { ProjectId } from '../../ids.ts'
import { findFile } from '../../ingestion/source-file-store.ts'
import { findDocument } from '../../retrieval/document-store.ts'
import { searchPassages } from '../../retrieval/search-passages.ts'
import { contentUrl } from '../cited-content.ts'
import type { Services } from '../services.ts'

const passageLimit = 20

/** The files of the best passages, best first, each once. */
export async function findBrainDocuments(
  { db, ranking }: Pick<Services, 'db' | 'ranking'>,
  projectId: ProjectId,
  question: string,
) {
  const passages = await searchPassages({ db, ...ranking }, { projectId, query: question, limit: passageLimit })
  const documents = passages.filter(
    ({ documentId }, i) => passages.findIndex((passage) => passage.documentId === documentId) === i,
  )
  const found = await Promise.all(
    documents.map(async ({ sourceId, documentId, documentName, score }) => {
      const document = await findDocument(db.query, projectId, documentId)
      // Deleted since it was found.
      if (document === undefined) return []
      const { fileId } = document
      return {
        file_name: documentName,
        file_sha1: null,
        file_size: (await findFile(db.query, { projectId, fileId }))?.size ?? null,
        file_url: contentUrl({ project_id: projectId, data_source_id: sourceId, file_id: fileId }),
        file_id: fileId,
        file_similarity: score,
      }
    }),
  )
  return found.flat()
}
