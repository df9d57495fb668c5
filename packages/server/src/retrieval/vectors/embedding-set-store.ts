import { now, type Queryable, type Tx } from '../../database/database.ts'
import type { EmbeddingSetState, Schema } from '../../database/schema.ts'
import { type EmbeddingSetId, newId, type ProjectId } from '../../ids.ts'

/** The vectors of a project by one model. */
export interface EmbeddingSet {
  readonly projectId: ProjectId
  readonly id: EmbeddingSetId
  readonly model: string
  readonly dimensions: number | null
  readonly state: EmbeddingSetState
  readonly indexKind: Schema['embedding_sets']['index_kind']
  readonly indexGeneration: number
  readonly indexBuilt: number
  readonly indexSize: number
  readonly vectorCount: number
  readonly version: number
  readonly failures: number
  readonly error: string | null
}

export type SetRef = Pick<EmbeddingSet, 'projectId' | 'id'>

const setColumns = [
  'project_id as projectId',
  'id',
  'model',
  'dimensions',
  'state',
  'index_kind as indexKind',
  'index_generation as indexGeneration',
  'index_built as indexBuilt',
  'index_size as indexSize',
  'vector_count as vectorCount',
  'version',
  'failures',
  'error',
] as const

/** A handful at most: the one that is searched, one being made, and what waits to be removed. */
export function listEmbeddingSets(db: Queryable, projectId: ProjectId): Promise<EmbeddingSet[]> {
  return db.selectFrom('embedding_sets').select(setColumns).where('project_id', '=', projectId).orderBy('id').execute()
}

/** Of the passages that are searched, and to be completed. */
export function isKept({ state }: Pick<EmbeddingSet, 'state'>): boolean {
  return state === 'building' || state === 'active'
}

/** The one that is searched. */
export async function findActiveSet(db: Queryable, projectId: ProjectId): Promise<EmbeddingSet | undefined> {
  return (await listEmbeddingSets(db, projectId)).find((set) => set.state === 'active')
}

/** `next` is made of passages that are not searched yet, beside the set of those that are. */
export async function createEmbeddingSet(
  db: Queryable,
  projectId: ProjectId,
  model: string,
  { state = 'building', dimensions = null }: Partial<Pick<EmbeddingSet, 'state' | 'dimensions'>> = {},
): Promise<EmbeddingSet> {
  const [time, id] = [now(), newId<EmbeddingSetId>()]
  const counts = { index_generation: 0, index_built: 0, index_size: 0, vector_count: 0, version: 0, failures: 0 }
  await db
    .insertInto('embedding_sets')
    .values({
      project_id: projectId,
      id,
      model,
      dimensions,
      state,
      index_kind: 'exact',
      ...counts,
      created_at: time,
      updated_at: time,
    })
    .execute()
  const made = { projectId, id, model, dimensions, state, indexKind: 'exact', error: null } as const
  return { ...made, indexGeneration: 0, indexBuilt: 0, indexSize: 0, vectorCount: 0, version: 0, failures: 0 }
}

type SetChange = Partial<
  Pick<
    Schema['embedding_sets'],
    'dimensions' | 'state' | 'index_kind' | 'index_generation' | 'index_built' | 'index_size' | 'failures' | 'error'
  >
>

export async function updateEmbeddingSet(db: Queryable, set: SetRef, change: SetChange): Promise<void> {
  await db
    .updateTable('embedding_sets')
    .set({ ...change, updated_at: now() })
    .where('project_id', '=', set.projectId)
    .where('id', '=', set.id)
    .execute()
}

/** From one moment on this set answers every search of the project, and no other. */
export async function activateSet(tx: Tx, set: SetRef): Promise<void> {
  await tx
    .updateTable('embedding_sets')
    .set({ state: 'retired', updated_at: now() })
    .where('project_id', '=', set.projectId)
    .where('id', '!=', set.id)
    .where('state', '!=', 'next')
    .execute()
  await updateEmbeddingSet(tx, set, { state: 'active' })
}

/** With the swap of the passages: the vectors of those that are searched now answer, or none do until there are some. */
export async function activateNextSet(tx: Tx, projectId: ProjectId, id: EmbeddingSetId | undefined): Promise<void> {
  for (const set of await listEmbeddingSets(tx, projectId)) {
    const state = set.id === id ? 'active' : 'retired'
    if (set.state !== state) await updateEmbeddingSet(tx, set, { state })
  }
}

/** Every change of the blocks goes with this. */
export async function moveVectorCount(tx: Tx, set: SetRef, by: number): Promise<void> {
  await tx
    .updateTable('embedding_sets')
    .set((row) => ({
      vector_count: row('vector_count', '+', by),
      version: row('version', '+', 1),
      updated_at: now(),
    }))
    .where('project_id', '=', set.projectId)
    .where('id', '=', set.id)
    .execute()
}

/** Counts what is there after documents went with their vectors; true when any had gone. */
export async function recountVectors(tx: Tx, set: SetRef): Promise<boolean> {
  const { count } = await tx
    .selectFrom('embeddings')
    .select((row) => row.fn.coalesce(row.fn.sum<string | number>('passage_count'), row.lit(0)).as('count'))
    .where('project_id', '=', set.projectId)
    .where('set_id', '=', set.id)
    .executeTakeFirstOrThrow()
  const known = (await listEmbeddingSets(tx, set.projectId)).find(({ id }) => id === set.id)
  const difference = Number(count) - (known?.vectorCount ?? 0)
  if (difference !== 0) await moveVectorCount(tx, set, difference)
  return difference < 0
}

/** Some projects that have anything to embed, by id after `after`. */
export async function listProjectsWithDocuments(db: Queryable, after: ProjectId | undefined): Promise<ProjectId[]> {
  const query = db
    .selectFrom('projects')
    .select('id')
    .where('removed_at', 'is', null)
    .where((row) =>
      row.exists(
        row.selectFrom('documents').select('documents.id').whereRef('documents.project_id', '=', 'projects.id'),
      ),
    )
    .orderBy('id')
    .limit(100)
  const page = after === undefined ? query : query.where('id', '>', after)
  return (await page.execute()).map(({ id }) => id)
}
