import type { ProjectId } from '../../ids.ts'
import { findSource } from '../../ingestion/source-store.ts'
import { searchPassages } from '../../retrieval/search-passages.ts'
import type { Services } from '../services.ts'
import { contentPath } from './present.ts'

const passageLimit = 20

/** The files of the best passages, best first, each once. */
export async function findBrainDocuments(
  { db, ranking }: Pick<Services, 'db' | 'ranking'>,
  projectId: ProjectId,
  question: string,
) {
  const passages = await searchPassages({ db, ...ranking }, { projectId, query: question, limit: passageLimit })
  const documents = passages.filter(
    ({ sourceId }, i) => passages.findIndex((passage) => passage.sourceId === sourceId) === i,
  )
  return await Promise.all(
    documents.map(async ({ sourceId, documentName, score }) => ({
      file_name: documentName,
      file_sha1: null,
      file_size: (await findSource(db.query, { projectId, sourceId }))?.size ?? null,
      file_url: contentPath(projectId, sourceId),
      file_id: sourceId,
      file_similarity: score,
    })),
  )
}
