import type { KeyScope, MemberRole, UserRole } from '../database/schema.ts'
import type { UserId } from '../ids.ts'

/** Who is asking: a user, by API key or token, with what that credential may do. Every domain call takes one. */
export interface Principal {
  readonly userId: UserId
  readonly email: string
  readonly role: UserRole
  readonly scope: KeyScope
}

/** Administrators of the instance see everything, unless their key was made for less. */
export function isAdministrator(principal: Principal): boolean {
  return principal.role === 'admin' && principal.scope === 'admin'
}

const memberRoles: Readonly<Record<MemberRole, readonly MemberRole[]>> = {
  viewer: ['viewer', 'editor', 'owner'],
  editor: ['editor', 'owner'],
  owner: ['owner'],
}

/** The roles that may do what `least` may. */
export function rolesFrom(least: MemberRole): readonly MemberRole[] {
  return memberRoles[least]
}
