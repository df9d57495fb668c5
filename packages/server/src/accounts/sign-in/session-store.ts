import { createHash } from 'node:crypto'
import { now, type Queryable, timeFromNow } from '../../database/database.ts'
import type { UserRole } from '../../database/schema.ts'
import type { UserId } from '../../ids.ts'

/** Signed in for this long after the last visit. */
const sessionDays = 30
const dayMs = 86_400_000

export interface SessionOwner {
  readonly userId: UserId
  readonly email: string
  readonly role: UserRole
  readonly expiresAt: string
}

/** Tokens are random, so that their plain hash tells nothing; a copy of the database signs nobody in. */
export function hashSession(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** What better-auth stored as it is gets its hash instead, and the time that sessions last. */
export async function keepSession(query: Queryable, token: string): Promise<void> {
  await query
    .updateTable('sessions')
    .set({ token: hashSession(token), expires_at: timeFromNow(sessionDays * dayMs) })
    .where('token', '=', token)
    .execute()
  await query.deleteFrom('sessions').where('expires_at', '<', now()).execute()
}

export async function findSessionOwner(query: Queryable, token: string): Promise<SessionOwner | undefined> {
  return await query
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id as userId', 'users.email', 'users.role', 'sessions.expires_at as expiresAt'])
    .where('sessions.token', '=', hashSession(token))
    .executeTakeFirst()
}

/** Whether a visit today has to be noted: once a day, so that reading nearly always only reads. */
export function isDue({ expiresAt }: Pick<SessionOwner, 'expiresAt'>): boolean {
  return Date.parse(expiresAt) - Date.now() < (sessionDays - 1) * dayMs
}

export async function extendSession(query: Queryable, token: string): Promise<void> {
  await query
    .updateTable('sessions')
    .set({ expires_at: timeFromNow(sessionDays * dayMs), updated_at: now() })
    .where('token', '=', hashSession(token))
    .execute()
}

/** Returns whose it was. */
export async function deleteSession(query: Queryable, token: string): Promise<UserId | undefined> {
  const row = await query
    .deleteFrom('sessions')
    .where('token', '=', hashSession(token))
    .returning('user_id')
    .executeTakeFirst()
  return row?.user_id
}

/** All of a user's, or all but the one that asks. */
export async function deleteSessions(query: Queryable, userId: UserId, keptToken?: string): Promise<void> {
  let deletion = query.deleteFrom('sessions').where('user_id', '=', userId)
  if (keptToken !== undefined) deletion = deletion.where('token', '!=', hashSession(keptToken))
  await deletion.execute()
}
