import { type Database, now, type Queryable, type Tx } from '../../database/database.ts'
import { rowLock } from '../../database/row-lock.ts'
import type { DocumentId, ProjectId } from '../../ids.ts'
import type { NewPassage } from '../passage.ts'
import { analyserVersion } from './segment.ts'

const documentsPerRead = 50
const passagesPerRead = 200

export interface OutdatedDocument {
  readonly documentId: DocumentId
  readonly language: string
  readonly passageCount: number
}

/** Some documents that stand in no segment of the present analyser. */
export function listOutdated(db: Queryable, projectId: ProjectId): Promise<OutdatedDocument[]> {
  return db
    .selectFrom('documents')
    .select(['id as documentId', 'language', 'passage_count as passageCount'])
    .where('project_id', '=', projectId)
    .where('passage_count', '>', 0)
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
    .orderBy('id')
    .limit(documentsPerRead)
    .execute()
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

/** Holds a document until the transaction ends; false when it is gone. */
export async function lockDocument(
  db: Pick<Database, 'engine'>,
  tx: Tx,
  projectId: ProjectId,
  id: DocumentId,
): Promise<boolean> {
  const row = await tx
    .selectFrom('documents')
    .select('id')
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .modifyEnd(rowLock(db.engine).forUpdate)
    .executeTakeFirst()
  return row !== undefined
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
      eb.or([eb('state', '=', 'next'), eb.and([eb('state', '=', 'visible'), eb('version', '<', analyserVersion)])]),
    )
    .execute()
}
