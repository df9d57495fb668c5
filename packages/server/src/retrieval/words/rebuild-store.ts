import { type Database, now, type Queryable, type Tx } from '../../database/database.ts'
import { rowLock } from '../../database/row-lock.ts'
import type { DocumentId, FileId, ProjectId, SegmentId } from '../../ids.ts'
import type { NewPassage } from '../passage.ts'
import { analyserVersion, passagesVersion } from './segment.ts'
import { lockSegments } from './segment-store.ts'

const documentsPerRead = 50
const passagesPerRead = 200
const projectsPerRead = 100

export interface OutdatedDocument {
  readonly documentId: DocumentId
  readonly fileId: FileId
  readonly contentHash: string
  readonly language: string
  readonly passageCount: number
}

/** Some documents that stand in no segment of today's analyser and passages, by id after `after`. */
export function listOutdated(
  db: Queryable,
  projectId: ProjectId,
  after: DocumentId | null,
): Promise<OutdatedDocument[]> {
  return selectOutdated(db, projectId)
    .$if(after !== null, (query) => query.where('id', '>', after as DocumentId))
    .orderBy('id')
    .limit(documentsPerRead)
    .execute()
}

function selectOutdated(db: Queryable, projectId: ProjectId) {
  return db
    .selectFrom('documents')
    .select([
      'id as documentId',
      'file_id as fileId',
      'content_hash as contentHash',
      'language',
      'passage_count as passageCount',
    ])
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
            .where('segment.passages_version', '=', passagesVersion)
            .where('segment.state', 'in', ['visible', 'next']),
        ),
      ),
    )
}

/** Some of a document's passages in order, as they are indexed. */
export async function* readIndexedTexts(
  db: Queryable,
  projectId: ProjectId,
  documentId: DocumentId,
  { first, passageCount }: { readonly first: number; readonly passageCount: number },
): AsyncGenerator<Pick<NewPassage, 'headingPath' | 'text'>> {
  const end = first + passageCount
  for (let from = first; from < end; from += passagesPerRead) {
    const rows = await db
      .selectFrom('passages')
      .select(['text', 'heading_path'])
      .where('project_id', '=', projectId)
      .where('document_id', '=', documentId)
      .where('number', '>=', from)
      .where('number', '<', Math.min(end, from + passagesPerRead))
      .orderBy('number')
      .execute()
    for (const { text, heading_path } of rows) yield { text, headingPath: JSON.parse(heading_path) }
  }
}

/** The number that no passage of the document has yet, nor any after it. */
export async function nextPassageNumber(db: Queryable, projectId: ProjectId, documentId: DocumentId): Promise<number> {
  const last = await db
    .selectFrom('passages')
    .select('number')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (last?.number ?? -1) + 1
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

/** Some projects whose index an older release made, by id after `after`. */
export async function listOutdatedProjects(db: Queryable, after: ProjectId | null): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('index_segments')
    .select('project_id')
    .distinct()
    .where((eb) => eb.or([eb('version', '<', analyserVersion), eb('passages_version', '<', passagesVersion)]))
    .where('state', '=', 'visible')
    .$if(after !== null, (query) => query.where('project_id', '>', after as ProjectId))
    .orderBy('project_id')
    .limit(projectsPerRead)
    .execute()
  return rows.map((row) => row.project_id)
}

interface IndexState {
  /** Something was built beside what is searched. */
  readonly hasNext: boolean
  /** What is searched holds passages as older rules cut them. */
  readonly isCutAnew: boolean
}

export async function readIndexState(db: Queryable, projectId: ProjectId): Promise<IndexState> {
  const rows = await db
    .selectFrom('index_segments')
    .select(['state', 'passages_version'])
    .distinct()
    .where('project_id', '=', projectId)
    .where('state', 'in', ['visible', 'next'])
    .execute()
  return {
    hasNext: rows.some(({ state }) => state === 'next'),
    isCutAnew: rows.some((row) => row.state === 'visible' && row.passages_version !== passagesVersion),
  }
}

/** What an earlier release began to build and did not finish is of no use to this one. */
export async function dropOtherNext(tx: Tx, projectId: ProjectId): Promise<void> {
  await tx
    .updateTable('index_segments')
    .set({ state: 'retired', touched_at: now() })
    .where('project_id', '=', projectId)
    .where('state', '=', 'next')
    .where((eb) => eb.or([eb('version', '!=', analyserVersion), eb('passages_version', '!=', passagesVersion)]))
    .execute()
}

/** What an older release made is replaced by what was built beside it, at once: a search sees one or the other. */
export async function swapIndex(tx: Tx, projectId: ProjectId): Promise<void> {
  await lockSegments(tx, projectId, await listSwapped(tx, projectId))
  // Of the old passages: segments answer until it is made anew.
  await tx.updateTable('textsearch_projects').set({ version: 0 }).where('project_id', '=', projectId).execute()
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
      eb.or([
        eb('state', '=', 'next'),
        eb.and([
          eb('state', '=', 'visible'),
          eb.or([eb('version', '!=', analyserVersion), eb('passages_version', '!=', passagesVersion)]),
        ]),
      ]),
    )
    .execute()
}

/** All locked in the order in which deletions lock them, so that none waits for another in a circle. */
async function listSwapped(tx: Tx, projectId: ProjectId): Promise<SegmentId[]> {
  const rows = await tx
    .selectFrom('index_segments')
    .select('id')
    .where('project_id', '=', projectId)
    .where('state', 'in', ['visible', 'next'])
    .execute()
  return rows.map(({ id }) => id)
}
