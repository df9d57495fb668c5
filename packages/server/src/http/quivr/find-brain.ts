import { type Principal, rolesFrom } from '../../accounts/principal.ts'
import type { Database, Queryable } from '../../database/database.ts'
import type { MemberRole } from '../../database/schema.ts'
import { QuoryError } from '../../errors.ts'
import type { ProjectId } from '../../ids.ts'
import { ensureHomeProject, findDefaultProject } from '../../projects/home-project-store.ts'
import type { Project } from '../../projects/project.ts'
import { findProject } from '../../projects/project-store.ts'
import { findPublicProject, type PublicProject } from '../../projects/public-project-store.ts'
import { readStatistics } from '../../retrieval/words/search-words.ts'

export function noPermission(): QuoryError {
  return new QuoryError('forbidden', "You don't have permission for this brain")
}

/** A brain that the caller is a member of, with enough rights; to others it is the same 403 as one that never was. */
export async function requireBrain(
  db: Queryable,
  principal: Principal,
  id: ProjectId,
  least: MemberRole,
): Promise<Project> {
  const project = await findProject(db, principal, id)
  if (project === undefined) throw noPermission()
  if (rolesFrom(least).includes(project.role)) return project
  throw new QuoryError('forbidden', "You don't have the required role(s) for this brain")
}

/** A brain that the caller may read and ask: their own, one shared with them, or a public one. */
export async function requireReadableBrain(
  db: Queryable,
  principal: Principal,
  id: ProjectId,
): Promise<Project | PublicProject> {
  const brain = (await findProject(db, principal, id)) ?? (await findPublicProject(db, id))
  if (brain === undefined) throw noPermission()
  return brain
}

export interface AskedBrain {
  readonly searchProjectId: ProjectId
  /** Shown with the answer; undefined when the caller named none and their default brain holds nothing. */
  readonly brain: Project | PublicProject | undefined
}

/**
 * The brain a question is asked of: the named one; else the chat's own project, when it is one of its own; else the
 * caller's default brain, which is shown only once it holds something.
 */
export async function findAskedBrain(
  db: Database,
  principal: Principal,
  chatProjectId: ProjectId,
  named: ProjectId | null,
): Promise<AskedBrain> {
  if (named !== null) {
    const brain = await requireReadableBrain(db.query, principal, named)
    return { searchProjectId: brain.id, brain }
  }
  const homeId = await ensureHomeProject(db, principal.userId)
  if (chatProjectId !== homeId) {
    const brain = await requireBrain(db.query, principal, chatProjectId, 'viewer')
    return { searchProjectId: brain.id, brain }
  }
  const brain = await findDefaultProject(db, principal)
  const { passageCount } = await readStatistics(db.query, brain.id)
  return { searchProjectId: brain.id, brain: passageCount === 0 ? undefined : brain }
}
