import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import { lockUser } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { MemberRole } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import type { Member } from './project.ts'
import { lockProject, requireProject } from './project-store.ts'

/** For owners: who may do what here, by user id. */
export async function listMembers(
  query: Queryable,
  principal: Principal,
  projectId: ProjectId,
  page: PageRequest,
): Promise<Page<Member>> {
  await requireProject(query, principal, projectId, 'owner')
  let select = selectMembers(query, projectId)
  if (page.cursor !== undefined) {
    select = select.where(isPast(['project_members.user_id'], decodeCursor(page.cursor, ['id'])))
  }
  const rows = await select
    .orderBy('project_members.user_id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows, page, (member) => [member.user_id])
}

function selectMembers(query: Queryable, projectId: ProjectId) {
  return query
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select([
      'project_members.user_id',
      'users.email',
      'users.name',
      'project_members.role',
      'project_members.created_at',
    ])
    .where('project_members.project_id', '=', projectId)
}

/** For owners: makes a user a member or changes their role. The project's last owner stays one, and so does a home project's user. */
export async function setMember(
  db: Database,
  principal: Principal,
  projectId: ProjectId,
  userId: UserId,
  role: MemberRole,
): Promise<Member> {
  requireScope(principal, 'admin')
  return await inTransaction(db, async (tx) => {
    // User first, then project: the order in which a user is deleted.
    const user = await lockUser(db, tx, userId)
    await lockProject(db, tx, projectId)
    await requireProject(tx, principal, projectId, 'owner')
    if (user === undefined) throw new QuoryError('user_not_found', `User with ID ${userId} not found`)
    if (role !== 'owner') await requireNotLastOwner(tx, projectId, user)
    await tx
      .insertInto('project_members')
      .values({ project_id: projectId, user_id: userId, role, created_at: now() })
      .onConflict((conflict) => conflict.columns(['project_id', 'user_id']).doUpdateSet({ role }))
      .execute()
    return await selectMembers(tx, projectId).where('project_members.user_id', '=', userId).executeTakeFirstOrThrow()
  })
}

/** For owners, and for members who leave. */
export async function removeMember(
  db: Database,
  principal: Principal,
  projectId: ProjectId,
  userId: UserId,
): Promise<void> {
  requireScope(principal, 'admin')
  await inTransaction(db, async (tx) => {
    const user = await lockUser(db, tx, userId)
    await lockProject(db, tx, projectId)
    await requireProject(tx, principal, projectId, userId === principal.userId ? 'viewer' : 'owner')
    if (user !== undefined) await requireNotLastOwner(tx, projectId, user)
    const { numDeletedRows } = await tx
      .deleteFrom('project_members')
      .where('project_id', '=', projectId)
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    if (numDeletedRows === 0n)
      throw new QuoryError('member_not_found', `User ${userId} is not a member of this project`)
  })
}

async function requireNotLastOwner(
  tx: Tx,
  projectId: ProjectId,
  user: { readonly id: UserId; readonly home_project_id: ProjectId | null },
): Promise<void> {
  if (user.home_project_id === projectId) {
    throw new QuoryError('home_project', 'A user stays the owner of their own default project')
  }
  const owners = await tx
    .selectFrom('project_members')
    .select('user_id')
    .where('project_id', '=', projectId)
    .where('role', '=', 'owner')
    .limit(2)
    .execute()
  if (owners.length === 1 && owners[0]?.user_id === user.id) {
    throw new QuoryError('last_owner', 'A project keeps at least one owner')
  }
}
