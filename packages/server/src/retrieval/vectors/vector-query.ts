import type { Tx } from '../../database/database.ts'
import type { DocumentId } from '../../ids.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import type { PassageNumbers } from '../passage-filter.ts'
import type { EmbeddingSet } from './embedding-set-store.ts'

export interface VectorQuery {
  /** Of length 1. */
  readonly vector: Float32Array
  readonly limit: number
  /** Only passages of these documents; undefined: of all. */
  readonly documents: ReadonlySet<DocumentId> | undefined
  /** Only these passages, some thousands at most, all of `documents`; undefined: every one of them. */
  readonly passages?: PassageNumbers | undefined
}

/** Finds the passages whose vectors are nearest to a question's. */
export interface VectorIndex {
  /** Best first; the score is the cosine. A passage whose document went a moment ago may still be among them. */
  search(set: EmbeddingSet, query: VectorQuery): Promise<readonly ScoredPlace[]>
  /** Beside searches, after vectors came or went. `requireHeld` goes first in every transaction that writes. */
  refresh(set: EmbeddingSet, requireHeld: (tx: Tx) => Promise<void>, signal: AbortSignal): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Up to so many vectors every one is compared: exact, and fast enough. */
export const exactLimit = 20_000
