import { requireScope } from '../accounts/authorize.ts'
import type { Principal } from '../accounts/principal.ts'
import { requireEmail } from '../accounts/user.ts'
import { lockUser, ownsEmail } from '../accounts/user-store.ts'
import { type Database, inTransaction, now, type Queryable, type Tx, timeFromNow } from '../database/database.ts'
import type { MemberRole } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import type { InvitationId, ProjectId } from '../ids.ts'
import type { Invitation } from './project.ts'
import { lockProject, requireProject } from './project-store.ts'

const lifetimeMs = 30 * 86_400_000
/** Bounds what one project, and what a thousand for one address, can hold. */
const most = { ofProject: 100, atOnce: 100 }

const columns = ['id', 'email', 'role', 'created_at', 'expires_at'] as const

interface NewInvitation {
  readonly id: InvitationId
  readonly email: string
  readonly role: MemberRole
}

/** For owners: who was invited and has not come yet, the first first. */
export async function listInvitations(
  query: Queryable,
  principal: Principal,
  projectId: ProjectId,
): Promise<Invitation[]> {
  await requireProject(query, principal, projectId, 'owner')
  return await query
    .selectFrom('project_invitations')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('expires_at', '>', now())
    .orderBy('id')
    .limit(most.ofProject)
    .execute()
}

/**
 * For owners: invites an address, or gives an invitation another role and its whole time again. Users who are no
 * members are never looked up, so that nothing here tells whether the address is one's.
 */
export async function inviteMember(
  db: Database,
  principal: Principal,
  projectId: ProjectId,
  input: NewInvitation,
): Promise<Invitation> {
  requireScope(principal, 'admin')
  return await inTransaction(db, async (tx) => {
    await lockProject(db, tx, projectId)
    await requireProject(tx, principal, projectId, 'owner')
    const email = requireEmail(input.email)
    await requireNoMember(tx, projectId, email)
    await tx
      .deleteFrom('project_invitations')
      .where('project_id', '=', projectId)
      .where('expires_at', '<=', now())
      .execute()
    const waiting = await tx
      .selectFrom('project_invitations')
      .select(columns)
      .where('project_id', '=', projectId)
      .limit(most.ofProject)
      .execute()
    const known = waiting.find((invitation) => invitation.email === email)
    // Made by an earlier run of the same request.
    if (known?.id === input.id) return known
    if (known !== undefined) return await renewInvitation(tx, projectId, known.id, input.role)
    if (waiting.length === most.ofProject) {
      throw new QuoryError('too_many_invitations', `At most ${most.ofProject} people can be invited at a time`)
    }
    return await tx
      .insertInto('project_invitations')
      .values({
        project_id: projectId,
        id: input.id,
        email,
        role: input.role,
        created_at: now(),
        expires_at: timeFromNow(lifetimeMs),
      })
      .returning(columns)
      .executeTakeFirstOrThrow()
  })
}

/** A project's owner sees its members anyway, with their addresses. */
async function requireNoMember(tx: Tx, projectId: ProjectId, email: string): Promise<void> {
  const member = await tx
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .select('users.id')
    .where('project_members.project_id', '=', projectId)
    .where('users.email', '=', email)
    .executeTakeFirst()
  if (member !== undefined) throw new QuoryError('member_exists', `${email} is a member of this project`)
}

async function renewInvitation(tx: Tx, projectId: ProjectId, id: InvitationId, role: MemberRole): Promise<Invitation> {
  return await tx
    .updateTable('project_invitations')
    .set({ role, expires_at: timeFromNow(lifetimeMs) })
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** For owners: whoever it was for does not become a member by it. */
export async function revokeInvitation(
  query: Queryable,
  principal: Principal,
  projectId: ProjectId,
  id: InvitationId,
): Promise<void> {
  requireScope(principal, 'admin')
  await requireProject(query, principal, projectId, 'owner')
  const { numDeletedRows } = await query
    .deleteFrom('project_invitations')
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .where('expires_at', '>', now())
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw new QuoryError('invitation_not_found', `Invitation with ID ${id} not found`)
}

/** Projects that wait for an address, by id. */
export async function listInvitingProjects(query: Queryable, email: string): Promise<ProjectId[]> {
  const rows = await query
    .selectFrom('project_invitations')
    .select('project_id')
    .where('email', '=', email)
    .where('expires_at', '>', now())
    .orderBy('project_id')
    .limit(most.atOnce)
    .execute()
  return rows.map((row) => row.project_id)
}

/**
 * Makes somebody who came a member wherever their address was invited, if it is theirs. Mostly one look into an index.
 * Who is a member already stays what they are.
 */
export async function acceptInvitations(db: Database, principal: Principal): Promise<void> {
  if (principal.scope !== 'admin' || (await listInvitingProjects(db.query, principal.email)).length === 0) return
  await inTransaction(db, async (tx) => {
    // User first, then project: the order in which a user is deleted.
    const user = await lockUser(db, tx, principal.userId)
    if (user === undefined || !(await ownsEmail(tx, user))) return
    for (const projectId of await listInvitingProjects(tx, user.email)) {
      await lockProject(db, tx, projectId)
      const invitation = await tx
        .deleteFrom('project_invitations')
        .where('project_id', '=', projectId)
        .where('email', '=', user.email)
        .where('expires_at', '>', now())
        .returning('role')
        .executeTakeFirst()
      if (invitation === undefined) continue
      await tx
        .insertInto('project_members')
        .values({ project_id: projectId, user_id: user.id, role: invitation.role, created_at: now() })
        .onConflict((conflict) => conflict.columns(['project_id', 'user_id']).doNothing())
        .execute()
    }
  })
}
