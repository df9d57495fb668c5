import type { Selectable } from 'kysely'
import type { MemberRole, Schema } from '../database/schema.ts'
import type { InvitationId, ProjectId, PromptId, UserId } from '../ids.ts'

/** A project as one caller sees it. Quivr calls it a brain. */
export interface Project extends Omit<Selectable<Schema['projects']>, 'removed_at'> {
  /** What the caller may do here; administrators of the instance may do what owners may. */
  readonly role: MemberRole
}

/** How a project answers; each `null` leaves it to the server. */
export interface ProjectSettings {
  readonly description?: string | null | undefined
  readonly status?: 'private' | 'public' | undefined
  readonly instructions?: string | null | undefined
  readonly prompt_id?: PromptId | null | undefined
  readonly model?: string | null | undefined
  readonly temperature?: number | null | undefined
  readonly max_tokens?: number | null | undefined
}

export interface NewProject extends ProjectSettings {
  readonly id?: ProjectId | undefined
  readonly name: string
  /** The label a caller chose; never an authority. Unset: the user's own. */
  readonly organization_id?: string | undefined
  /** Refuse a name that the caller already sees in this organization. Brains may repeat names. */
  readonly isNameUnique: boolean
  /** Becomes the user's default project when they have none yet. */
  readonly isDefaultIfNone?: boolean | undefined
}

/** `undefined` leaves a field as it is, `null` clears it; a name cannot be cleared, so its `null` changes nothing. */
export interface ProjectChanges extends ProjectSettings {
  readonly name?: string | null | undefined
}

export const homeProjectName = 'Default brain'

/** The organization of what a user made without naming one: their own. */
export function ownOrganization(userId: UserId): string {
  return userId
}

export interface Member {
  readonly user_id: UserId
  readonly email: string
  readonly name: string
  readonly role: MemberRole
  readonly created_at: string
}

/** Whoever comes by this address becomes a member. */
export interface Invitation {
  readonly id: InvitationId
  readonly email: string
  readonly role: MemberRole
  readonly created_at: string
  readonly expires_at: string
}

export function projectNotFoundMessage(id: ProjectId | string): string {
  return `Project with ID ${id} not found`
}

/** The values that are there: Kysely would take `undefined` as absent, but its types say otherwise. */
export function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  // Only entries without a value went.
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
