import type { Database } from '../../database/database.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { Embeddings } from '../../models/embed.ts'
import { ModelError } from '../../models/language-model.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { PassageNumbers } from '../passage-filter.ts'
import { takePicked } from '../take-picked.ts'
import { type EmbeddingSet, listEmbeddingSets } from './embedding-set-store.ts'
import { toUnitLength } from './packed-vectors.ts'
import type { VectorIndex } from './vector-query.ts'

/** What a project's questions are compared with. */
export interface SearchedSet extends EmbeddingSet {
  /** Another is being made, of the passages that will be searched next. */
  readonly hasNext: boolean
}

export interface VectorSearchInput {
  readonly query: string
  readonly limit: number
  readonly documents: ReadonlySet<DocumentId> | undefined
  /** The passages to compare, found while the question's vector is on its way; undefined: all of the documents'. */
  readonly resolve: () => Promise<PassageNumbers | undefined>
  /** Looks at the passages themselves; gives those that pass. */
  readonly pick: ((places: readonly ScoredPlace[]) => Promise<readonly ScoredPlace[]>) | undefined
}

/** What vectors found, or in words why they were not asked. */
export type VectorSearchResult =
  | {
      readonly type: 'searched'
      readonly model: string
      readonly index: EmbeddingSet['indexKind']
      readonly places: readonly ScoredPlace[]
    }
  | { readonly type: 'skipped'; readonly reason: string }

export interface VectorSearch {
  /** Of the vectors' score in the sum. */
  readonly weight: number
  findSet(projectId: ProjectId): Promise<SearchedSet | undefined>
  /** Never fails for want of a model: words can answer alone. */
  search(set: SearchedSet | undefined, input: VectorSearchInput): Promise<VectorSearchResult>
}

export function createVectorSearch({
  db,
  embeddings,
  index,
  weight,
}: {
  readonly db: Database
  readonly embeddings: Embeddings
  readonly index: VectorIndex
  readonly weight: number
}): VectorSearch {
  return {
    weight,
    findSet: async (projectId) => {
      const sets = await listEmbeddingSets(db.query, projectId)
      const active = sets.find(({ state }) => state === 'active')
      return active === undefined ? undefined : { ...active, hasNext: sets.some(({ state }) => state === 'next') }
    },
    search: async (set, { query, limit, documents, resolve, pick }) => {
      if (set === undefined || set.vectorCount === 0)
        return { type: 'skipped', reason: 'The passages are not embedded yet' }
      try {
        const [asked, passages] = await Promise.all([embeddings.embedQuestion(set.model, query), resolve()])
        const vector = toUnitLength(asked)
        if (vector.length !== set.dimensions) {
          const reason = `The embedding model gave ${vector.length} numbers; the passages have ${set.dimensions}`
          return { type: 'skipped', reason }
        }
        const takeBest = (count: number) => index.search(set, { vector, limit: count, documents, passages })
        const places = await (pick === undefined ? takeBest(limit) : takePicked({ limit, takeBest, pick }))
        return { type: 'searched', model: set.model, index: set.indexKind, places }
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        return { type: 'skipped', reason: error.message }
      }
    },
  }
}
