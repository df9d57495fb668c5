import { type Database, inTransaction, type Tx } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import type { JobHandler } from '../../jobs/job.ts'
import { runAgain, wasAskedAgain } from '../../jobs/project-job-store.ts'
import { batchesOf } from '../batches.ts'
import { clearAbandoned } from '../stage-document.ts'
import { listAbandoned } from '../staged-document-store.ts'
import { clearSegmentSlice, listLeftovers } from './leftover-store.ts'
import { mergeSegments } from './merge-segments.ts'
import { planMerge } from './plan-merge.ts'
import { isCurrent } from './segment.ts'
import { deleteSegments, readSegments } from './segment-store.ts'

/** Some 500 rows of blocks. */
const passagesPerClearing = 512

interface TidyDependencies {
  readonly db: Database
  /** After a project's segments changed. */
  readonly onTidied?: ((projectId: ProjectId) => Promise<void>) | undefined
  /** Has the vectors of what is gone forgotten. */
  readonly requestEmbedding?: ((tx: Tx, projectId: ProjectId) => Promise<void>) | undefined
}

export function createTidyHandler({ db, onTidied, requestEmbedding }: TidyDependencies): JobHandler {
  return {
    run: async (job, signal) => {
      const { hasCleared } = await tidyIndex(db, job.projectId, signal)
      await onTidied?.(job.projectId)
      return async (tx) => {
        if (hasCleared) await requestEmbedding?.(tx, job.projectId)
        if (await wasAskedAgain(tx, job)) await runAgain(tx, job, 0)
      }
    },
    // The next document stored asks for it again; until then searches take longer.
    giveUp: async () => undefined,
  }
}

/** Merges a project's segments until none need it, and clears away what was replaced, and documents that were taken out. */
export async function tidyIndex(
  db: Database,
  projectId: ProjectId,
  signal: AbortSignal,
  state: 'visible' | 'next' = 'visible',
): Promise<{ readonly hasCleared: boolean }> {
  let hasCleared = false
  for (;;) {
    await clearLeftovers(db, projectId, signal)
    const abandoned = await listAbandoned(db.query, projectId)
    await clearAbandoned(db, projectId, abandoned, signal)
    if (abandoned.length > 0) hasCleared = true
    const segments = await readSegments(db.query, projectId, state)
    // What an older release made is about to be replaced, and must not be mixed with anything.
    const inputs = planMerge(segments.filter(isCurrent))
    if (inputs === undefined) return { hasCleared }
    await mergeSegments(db, inputs, signal)
  }
}

/** In transactions of a few milliseconds: some small segments at once, and of a large one some rows. */
async function clearLeftovers(db: Database, projectId: ProjectId, signal: AbortSignal): Promise<void> {
  const leftovers = await listLeftovers(db.query, projectId)
  const isSmall = ({ size }: { readonly size: number }) => size > 0 && size <= passagesPerClearing
  for (const batch of batchesOf(leftovers.filter(isSmall), ({ size }) => size / passagesPerClearing)) {
    signal.throwIfAborted()
    const ids = batch.map(({ id }) => id)
    await inTransaction(db, (tx) => deleteSegments(tx, projectId, ids))
    await new Promise(setImmediate)
  }
  for (const ref of leftovers.filter((leftover) => !isSmall(leftover))) {
    for (let isEmpty = false; !isEmpty; ) {
      signal.throwIfAborted()
      isEmpty = await inTransaction(db, (tx) => clearSegmentSlice(tx, ref))
      await new Promise(setImmediate)
    }
  }
}
