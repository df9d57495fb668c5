import type { DocumentId, ProjectId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { WordSearchDetails } from '../passage.ts'

export interface WordQuery {
  readonly projectId: ProjectId
  readonly query: string
  readonly limit: number
  /** Only passages of these documents; undefined: of all. */
  readonly documents: ReadonlySet<DocumentId> | undefined
  /** Stand in a passage word by word. */
  readonly phrases: readonly string[]
  /** Looks at the passages themselves, where the index cannot say all of what is asked; gives those that pass. */
  readonly pick: ((places: readonly ScoredPlace[]) => Promise<readonly ScoredPlace[]>) | undefined
}

export interface FoundByWords {
  /** Best first, ties by document id and number. */
  readonly places: readonly ScoredPlace[]
  /** Inverse document frequency of every term of the query, found or not. */
  readonly termWeights: ReadonlyMap<string, number>
  readonly passageCount: number
  readonly details: WordSearchDetails
}

/** Finds the passages of a project that score best by BM25: segments in our own tables, or an extension's index. */
export interface WordIndex {
  find(query: WordQuery): Promise<FoundByWords>
}
