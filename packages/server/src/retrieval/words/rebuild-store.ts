import { type Database, now, type Queryable, type Tx } from '../../database/database.ts'
import { rowLock } from '../../database/row-lock.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { NewPassage } from '../passage.ts'
import { analyserVersion } from './segment.ts'

const documentsPerRead = 50
const passagesPerRead = 200
const projectsPerRead = 100

export interface OutdatedDocument {
  readonly documentId: DocumentId
  readonly language: string
  readonly passageCount: number
}

/** Some documents that stand in no segment of the present analyser. */
export function listOutdated(db: Queryable, projectId: ProjectId): Promise<OutdatedDocument[]> {
  return selectOutdated(db, projectId).orderBy('id').limit(documentsPerRead).execute()
}

function selectOutdated(db: Queryable, projectId: ProjectId) {
  return db
    .selectFrom('documents')
    .select(['id as documentId', 'language', 'passage_count as passageCount'])
    .where('project_id', '=', projectId)
    .where('passage_count', '>', 0)
    .where('staged_by', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('index_documents as standing')
            .innerJoin('index_segments as segment', (join) =>
              join
                .onRef('segment.project_id', '=', 'standing.project_id')
                .onRef('segment.id', '=', 'standing.segment_id'),
            )
            .select('segment.id')
            .where('standing.project_id', '=', projectId)
            .whereRef('standing.document_id', '=', 'documents.id')
            .where('segment.version', '=', analyserVersion)
            .where('segment.state', 'in', ['visible', 'next']),
        ),
      ),
    )
}

/** The passages of a document in order, as they are indexed. */
export async function* readIndexedTexts(
  db: Queryable,
  projectId: ProjectId,
  documentId: DocumentId,
): AsyncGenerator<Pick<NewPassage, 'headingPath' | 'text'>> {
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom('passages')
      .select(['number', 'text', 'heading_path'])
      .where('project_id', '=', projectId)
      .where('document_id', '=', documentId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(passagesPerRead)
      .execute()
    for (const { text, heading_path } of rows) yield { text, headingPath: JSON.parse(heading_path) }
    if (rows.length < passagesPerRead) return
    after = rows.at(-1)?.number ?? after
  }
}

/** Holds a document until the transaction ends; false when it is gone, or was indexed since it was listed. */
export async function isOutdated(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  projectId: ProjectId,
  id: DocumentId,
): Promise<boolean> {
  const row = await selectOutdated(tx, projectId)
    .where('id', '=', id)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  return row !== undefined
}

/** Some projects whose index an older analyser made, by id after `after`. */
export async function listOutdatedProjects(db: Queryable, after: ProjectId | null): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('index_segments')
    .select('project_id')
    .distinct()
    .where('version', '<', analyserVersion)
    .where('state', '=', 'visible')
    .$if(after !== null, (query) => query.where('project_id', '>', after as ProjectId))
    .orderBy('project_id')
    .limit(projectsPerRead)
    .execute()
  return rows.map((row) => row.project_id)
}

/** What an older analyser made is replaced by what was built beside it, at once: a search sees one or the other. */
export async function swapIndex(tx: Tx, projectId: ProjectId): Promise<void> {
  await tx
    .updateTable('index_segments')
    .set((eb) => ({
      state: eb
        .case()
        .when('state', '=', 'next')
        .then('visible' as const)
        .else('retired' as const)
        .end(),
      touched_at: now(),
    }))
    .where('project_id', '=', projectId)
    .where((eb) =>
      eb.or([eb('state', '=', 'next'), eb.and([eb('state', '=', 'visible'), eb('version', '!=', analyserVersion)])]),
    )
    .execute()
}
