import { createHash } from 'node:crypto'
import { type Database, inTransaction, now, type Queryable, timeFromNow } from '../../database/database.ts'
import { QuoryError } from '../../errors.ts'
import type { UserId } from '../../ids.ts'
import { requireAdministrator } from '../authorize.ts'
import type { Principal } from '../principal.ts'
import { firstAdministratorEmail, type User } from '../user.ts'
import { findUser, lockUser } from '../user-store.ts'
import { replacePassword } from './password-store.ts'
import { deleteSessions } from './session-store.ts'

const lifetimeMs = 7 * 86_400_000
export const linkBytes = 24

/** A token for one link, made of `linkBytes` random bytes. */
export function makeLinkToken(random: Buffer): string {
  return random.toString('base64url')
}

function hashLink(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Lets whoever has the token sign in as this user and set their password, once, within a week. Returns when it ends. */
export async function addSignInLink(query: Queryable, userId: UserId, token: string): Promise<string> {
  await query.deleteFrom('sign_in_links').where('expires_at', '<', now()).execute()
  const hash = hashLink(token)
  const values = { hash, user_id: userId, created_at: now(), expires_at: timeFromNow(lifetimeMs) }
  await query
    .insertInto('sign_in_links')
    .values(values)
    // Made by an earlier run of the same request.
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
  const { expires_at } = await query
    .selectFrom('sign_in_links')
    .select('expires_at')
    .where('hash', '=', hash)
    .executeTakeFirstOrThrow()
  return expires_at
}

/** For administrators: invites a user, or lets one back in who forgot their password. */
export async function inviteUser(
  query: Queryable,
  principal: Principal,
  userId: UserId,
  token: string,
): Promise<string> {
  requireAdministrator(principal)
  if ((await findUser(query, userId)) === undefined)
    throw new QuoryError('user_not_found', `User with ID ${userId} not found`)
  return await addSignInLink(query, userId, token)
}

/** Whose link this is, while it holds. */
export async function findLinkUser(query: Queryable, token: string): Promise<User> {
  const link = await query
    .selectFrom('sign_in_links')
    .select('user_id')
    .where('hash', '=', hashLink(token))
    .where('expires_at', '>', now())
    .executeTakeFirst()
  const user = link === undefined ? undefined : await findUser(query, link.user_id)
  if (user === undefined) throw linkNotFound()
  return user
}

interface LinkUse {
  readonly token: string
  readonly passwordHash: string
  readonly name: string | undefined
  /** For the first administrator alone, who has none yet; everybody else was invited by theirs. */
  readonly email: string | undefined
}

/**
 * Uses a link up: the user gets the password, and loses all other links and sessions. The administrator that came with
 * the installation becomes the person with this e-mail, who so has their chats, projects and key. All of it or nothing.
 */
export async function useSignInLink(db: Database, { token, passwordHash, name, email }: LinkUse): Promise<UserId> {
  return await inTransaction(db, async (tx) => {
    const link = await tx
      .deleteFrom('sign_in_links')
      .where('hash', '=', hashLink(token))
      .where('expires_at', '>', now())
      .returning('user_id')
      .executeTakeFirst()
    const user = link === undefined ? undefined : await lockUser(db, tx, link.user_id)
    if (user === undefined) throw linkNotFound()
    const isFirst = user.email === firstAdministratorEmail
    const changed = { name: name ?? user.name, email: isFirst && email !== undefined ? email : user.email }
    if (changed.email !== user.email) await requireFreeEmail(tx, changed.email)
    await tx
      .updateTable('users')
      .set({ ...changed, updated_at: now() })
      .where('id', '=', user.id)
      .execute()
    await replacePassword(tx, user.id, passwordHash)
    await tx.deleteFrom('sign_in_links').where('user_id', '=', user.id).execute()
    await deleteSessions(tx, user.id)
    return user.id
  })
}

async function requireFreeEmail(query: Queryable, email: string): Promise<void> {
  const taken = await query.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  if (taken !== undefined) throw new QuoryError('user_exists', `A user with the email '${email}' already exists`)
}

function linkNotFound(): QuoryError {
  return new QuoryError('sign_in_link_not_found', 'This link was used already, or has expired')
}
