import type { Queryable } from '../../database/database.ts'
import type { SegmentState } from '../../database/schema.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'

/** Which of a document's stored passages an index holds: those from number `first` on. */
export interface Standing {
  readonly first: number
  readonly passageCount: number
  readonly tokenCount: number
  readonly passagesVersion: number
}

/** In the index that is searched, or, when `states` names it first, in the one that is built beside it. */
export async function findStanding(
  db: Queryable,
  projectId: ProjectId,
  documentId: DocumentId,
  states: readonly SegmentState[],
): Promise<Standing | undefined> {
  const rows = await db
    .selectFrom('index_documents as standing')
    .innerJoin('index_segments as segment', (join) =>
      join.onRef('segment.project_id', '=', 'standing.project_id').onRef('segment.id', '=', 'standing.segment_id'),
    )
    .select([
      'segment.state',
      'standing.first',
      'standing.passage_count as passageCount',
      'standing.token_count as tokenCount',
      'segment.passages_version as passagesVersion',
    ])
    .where('standing.project_id', '=', projectId)
    .where('standing.document_id', '=', documentId)
    .where('segment.state', 'in', states)
    .execute()
  for (const wanted of states) {
    const found = rows.find(({ state }) => state === wanted)
    if (found !== undefined) {
      const { state: _, ...standing } = found
      return standing
    }
  }
  return undefined
}
