import type { Database } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { readStatistics } from '../words/search-words.ts'
import { isKept, listEmbeddingSets } from './embedding-set-store.ts'

export interface EmbeddingState {
  readonly state: 'off' | 'building' | 'ready' | 'failing'
  readonly model: string | null
  readonly embedded: number
  readonly total: number
  readonly error: string | null
}

/** How far a project's passages are embedded by the configured model. */
export async function describeEmbedding(
  { query }: Pick<Database, 'query'>,
  projectId: ProjectId,
  model: string | undefined,
): Promise<EmbeddingState> {
  const { passageCount: total } = await readStatistics(query, projectId)
  if (model === undefined) return { state: 'off', model: null, embedded: 0, total, error: null }
  const sets = await listEmbeddingSets(query, projectId)
  const set = sets.find((candidate) => candidate.model === model && isKept(candidate))
  // Vectors of documents that went a moment ago may still be counted.
  const embedded = Math.min(set?.vectorCount ?? 0, total)
  const isReady = set?.state === 'active' && embedded === total
  const state = set !== undefined && set.error !== null ? 'failing' : isReady ? 'ready' : 'building'
  return { state, model, embedded, total, error: set?.error ?? null }
}
