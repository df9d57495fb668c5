import { type Queryable, type Tx, timeFromNow } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { deleteSegments, type SegmentRef } from './segment-store.ts'

const rowsPerSlice = 200
/** A segment that nobody wrote to for this long is a dead node's. Each write of a living one is a few milliseconds' work. */
const abandonedAfterMs = 600_000

/** Segments that were replaced, or begun and never finished, when their `size` is 0. */
export async function listLeftovers(
  db: Queryable,
  projectId: ProjectId,
): Promise<(SegmentRef & { readonly size: number })[]> {
  const rows = await db
    .selectFrom('index_segments')
    .select(['id', 'size'])
    .where('project_id', '=', projectId)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'retired'),
        eb.and([eb('state', '=', 'building'), eb('touched_at', '<', timeFromNow(-abandonedAfterMs))]),
      ]),
    )
    .execute()
  return rows.map((row) => ({ projectId, ...row }))
}

/**
 * Deletes some of a segment's rows, and with the last of them the segment; true when that is done. Blocks go in the order
 * of their terms: a search that still reads the segment then finds the block it looks for or none at all, never one before.
 */
export async function clearSegmentSlice(tx: Tx, ref: SegmentRef): Promise<boolean> {
  const blocks = await tx
    .selectFrom('index_blocks')
    .select('first_term')
    .where('project_id', '=', ref.projectId)
    .where('segment_id', '=', ref.id)
    .orderBy('first_term')
    .limit(rowsPerSlice)
    .execute()
  const documents = await tx
    .selectFrom('index_documents')
    .select('base')
    .where('project_id', '=', ref.projectId)
    .where('segment_id', '=', ref.id)
    .orderBy('base')
    .limit(rowsPerSlice)
    .execute()
  const [lastTerm, lastBase] = [blocks.at(-1)?.first_term, documents.at(-1)?.base]
  if (lastTerm !== undefined) {
    await tx
      .deleteFrom('index_blocks')
      .where('project_id', '=', ref.projectId)
      .where('segment_id', '=', ref.id)
      .where('first_term', '<=', lastTerm)
      .execute()
  }
  if (lastBase !== undefined) {
    await tx
      .deleteFrom('index_documents')
      .where('project_id', '=', ref.projectId)
      .where('segment_id', '=', ref.id)
      .where('base', '<=', lastBase)
      .execute()
  }
  const isLast = blocks.length < rowsPerSlice && documents.length < rowsPerSlice
  if (isLast) await deleteSegments(tx, ref.projectId, [ref.id])
  return isLast
}
