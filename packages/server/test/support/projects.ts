import type { Principal } from '../../src/accounts/principal.ts'
import type { Database } from '../../src/database/database.ts'
import { createProcessWakeUp } from '../../src/database/wake-up.ts'
import type { ProjectId } from '../../src/ids.ts'
import { createProject } from '../../src/projects/project-store.ts'
import { aNewProject, aPrincipal } from './principals.ts'

let projects = 0

/** An empty project with its owner. */
export async function aProject(db: Database): Promise<{ projectId: ProjectId; owner: Principal }> {
  const owner = await aPrincipal(db)
  const { id } = await createProject(db, owner, aNewProject(`project ${++projects}`))
  return { projectId: id, owner }
}

/** Empty projects of one person. */
export async function projectsOfOne(db: Database, count: number): Promise<ProjectId[]> {
  const { projectId, owner } = await aProject(db)
  const ids = [projectId]
  while (ids.length < count) ids.push((await createProject(db, owner, aNewProject(`project ${++projects}`))).id)
  return ids
}

/** What deleting a project takes, for a database without files or other nodes. */
export function toDelete(db: Database) {
  return { db, wakeUp: createProcessWakeUp(), files: { discardProject: async () => undefined } }
}
