import type { Database } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { findSource } from '../../ingestion/source-store.ts'
import { searchPassages } from '../../retrieval/search-passages.ts'
import { contentPath } from './present.ts'

const passageLimit = 20

/** The files of the best passages, best first, each once. */
export async function findBrainDocuments(db: Database, projectId: ProjectId, question: string) {
  const passages = await searchPassages({ db }, { projectId, query: question, limit: passageLimit })
  const best = new Map(passages.toReversed().map((passage) => [passage.sourceId, passage]))
  const documents = [...best.values()].sort((first, second) => second.score - first.score)
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
