import { maskSecrets, type Source } from '../../ingestion/source.ts'
import type { Training } from '../../ingestion/training/training.ts'
import type { JobProgress } from '../../jobs/job.ts'
import type { StoredDocument } from '../../retrieval/document-store.ts'
import type { FoundPassage, SearchDetails } from '../../retrieval/passage.ts'

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
    report: training.report,
    created_at: training.created_at,
    updated_at: training.updated_at,
  }
}

const delays: Readonly<Record<NonNullable<JobProgress['delay']>, string>> = {
  'attempt-failed': 'The last attempt failed because of a fault in the server; its log says more.',
  'node-died': 'The server that made the last attempt stopped in the middle of it.',
  'node-silent': 'The server that works on this has not reported for a while; if it stopped, another one takes over.',
}

/** Work under way; null when there is none. */
export function presentJob(job: JobProgress | null) {
  if (job === null) return null
  return {
    state: job.state,
    attempt: job.attempt,
    max_attempts: job.maxAttempts,
    next_attempt_at: job.nextAttemptAt,
    reason: job.delay === null ? null : delays[job.delay],
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
    scores: passage.scores,
  }
}

/** Null of a search that failed. What it stores is the search's own, and so are its names. */
export function presentTracedDetails({ words, vectors = null, rerank = null }: Partial<SearchDetails>) {
  return words === undefined ? null : presentSearchDetails({ words, vectors, rerank })
}

export function presentSearchDetails({ words, vectors, rerank }: SearchDetails) {
  return {
    words,
    vectors: vectors && {
      state: vectors.type,
      model: vectors.type === 'searched' ? vectors.model : null,
      index: vectors.type === 'searched' ? vectors.index : null,
      reason: vectors.type === 'skipped' ? vectors.reason : null,
    },
    rerank: rerank && {
      state: rerank.type,
      model: rerank.type === 'reranked' ? rerank.model : null,
      reason: rerank.type === 'skipped' ? rerank.reason : null,
    },
  }
}
