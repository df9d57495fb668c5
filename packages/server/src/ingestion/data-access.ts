import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import type { Queryable } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { requireProject, requireRole } from '../projects/project-store.ts'
import { type Source, type SourceRef, sourceNotFound } from './source.ts'
import { findSource } from './source-store.ts'
import { type Training, type TrainingRef, trainingNotFound } from './training/training.ts'
import { findTraining } from './training/training-store.ts'

/** Data is managed by editors, with a credential that may do all they may: keys made for asking do not change what is asked. */
export async function requireDataEditor(db: Queryable, principal: Principal, projectId: ProjectId): Promise<void> {
  const project = await requireProject(db, principal, projectId, 'viewer')
  requireScope(principal, 'admin')
  requireRole(project, 'editor')
}

/** 404 for a source that is not in a project the principal sees, whether or not it is anywhere. */
export async function requireSource(
  db: Queryable,
  principal: Principal,
  { projectId, sourceId }: SourceRef,
): Promise<Source> {
  await requireProject(db, principal, projectId, 'viewer')
  const source = await findSource(db, { projectId, sourceId })
  if (source === undefined) throw sourceNotFound(projectId, sourceId)
  return source
}

export async function requireTraining(db: Queryable, principal: Principal, ref: TrainingRef): Promise<Training> {
  await requireProject(db, principal, ref.projectId, 'viewer')
  const training = await findTraining(db, ref)
  if (training === undefined) throw trainingNotFound(ref.projectId, ref.trainingId)
  return training
}
