import { maskSecrets, type Source } from '../../ingestion/source.ts'
import type { Training } from '../../ingestion/training.ts'
import type { StoredDocument } from '../../retrieval/document-store.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'

export function presentSource(source: Source) {
  return {
    id: source.id,
    project_id: source.project_id,
    type: source.type,
    name: source.name,
    configuration: maskSecrets(source),
    status: source.status,
    created_at: source.created_at,
    updated_at: source.updated_at,
    error: source.error,
    progress: { done: source.items_done, total: source.items_total },
    file_name: source.file_name,
    media_type: source.media_type,
    size: source.size,
    hash: source.content_hash,
  }
}

export function presentTraining(training: Training) {
  return {
    id: training.id,
    project_id: training.project_id,
    data_source_ids: training.data_source_ids,
    status: training.status,
    description: training.description,
    progress: training.progress,
    error: training.error,
    created_at: training.created_at,
    updated_at: training.updated_at,
  }
}

export function presentDocument(document: StoredDocument) {
  return {
    id: document.id,
    name: document.name,
    media_type: document.mediaType,
    language: document.language,
    length: document.length,
  }
}

export function presentPassage(passage: FoundPassage) {
  return {
    document_id: passage.documentId,
    data_source_id: passage.sourceId,
    document_name: passage.documentName,
    page: passage.page,
    sheet: passage.sheet,
    row_start: passage.rowStart,
    row_end: passage.rowEnd,
    heading_path: passage.headingPath,
    start: passage.start,
    end: passage.end,
    text: passage.text,
    score: passage.score,
  }
}
