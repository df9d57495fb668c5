import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import { findUser, lockUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import { newId, type ProjectId, type UserId } from '../ids.ts'
import { homeProjectName, ownOrganization, type Project } from './project.ts'
import { findProject, requireProject } from './project-store.ts'

function userNotFound(id: UserId): QuoryError {
  return new QuoryError('user_not_found', `User with ID ${id} not found`)
}

/** The project every user has, made when it is first needed. It stays as long as its user does. */
export async function ensureHomeProject(db: Database, userId: UserId): Promise<ProjectId> {
  const user = await findUser(db.query, userId)
  if (user === undefined) throw userNotFound(userId)
  return user.home_project_id ?? (await createHomeProject(db, userId))
}

async function createHomeProject(db: Database, userId: UserId): Promise<ProjectId> {
  return await inTransaction(db, async (tx) => {
    const user = await lockUser(db, tx, userId)
    if (user === undefined) throw userNotFound(userId)
    if (user.home_project_id !== null) return user.home_project_id
    const id = newId<ProjectId>()
    const time = now()
    await tx
      .insertInto('projects')
      .values({
        id,
        organization_id: ownOrganization(userId),
        owner_id: userId,
        name: homeProjectName,
        status: 'private',
        created_at: time,
        updated_at: time,
      })
      .execute()
    await tx
      .insertInto('project_members')
      .values({ project_id: id, user_id: userId, role: 'owner', created_at: time })
      .execute()
    await tx
      .updateTable('users')
      .set({ home_project_id: id, default_project_id: user.default_project_id ?? id })
      .where('id', '=', userId)
      .execute()
    return id
  })
}

/** What a request that names no project means: the one the user chose while they see it, else their home project. */
export async function findDefaultProject(db: Database, principal: Principal): Promise<Project> {
  const user = await findUser(db.query, principal.userId)
  const chosen = user?.default_project_id ?? undefined
  const project = chosen === undefined ? undefined : await findProject(db.query, principal, chosen)
  if (project !== undefined) return project
  const homeId = await ensureHomeProject(db, principal.userId)
  return await requireProject(db.query, principal, homeId, 'viewer')
}

export async function setDefaultProject(db: Database, principal: Principal, id: ProjectId): Promise<void> {
  requireScope(principal, 'admin')
  await requireProject(db.query, principal, id, 'owner')
  await db.query.updateTable('users').set({ default_project_id: id }).where('id', '=', principal.userId).execute()
}
