import type { Principal } from '../../src/accounts/principal.ts'
import { type Database, inTransaction } from '../../src/database/database.ts'
import { createProcessWakeUp } from '../../src/database/wake-up.ts'
import type { ProjectId, UserId } from '../../src/ids.ts'
import { claimJobs } from '../../src/jobs/claim-store.ts'
import { createClearingHandler } from '../../src/projects/clear-project.ts'
import { deleteUserWithWork } from '../../src/projects/delete-user.ts'
import { createProject } from '../../src/projects/project-store.ts'
import { removalKind } from '../../src/projects/removed-project-store.ts'
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

/** What deleting a project takes, for a database without other nodes. */
export function toDelete(db: Database) {
  return { db, wakeUp: createProcessWakeUp() }
}

/** Deletes a user as the API does. */
export function removeUser(db: Database, principal: Principal, id: UserId): Promise<void> {
  return deleteUserWithWork(toDelete(db), principal, id)
}

/** Takes away what deleted projects left, as a worker does. */
export async function clearRemoved(db: Database, signal = new AbortController().signal): Promise<void> {
  const handler = createClearingHandler({ ...toDelete(db), files: { discardProject: async () => undefined } })
  for (const job of await claimJobs(db, { node: 'a', kinds: [removalKind], limit: 10 })) {
    const write = await handler.run(job, signal, new AsyncDisposableStack())
    await inTransaction(db, write)
  }
}
