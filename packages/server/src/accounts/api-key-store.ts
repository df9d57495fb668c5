import type { Selectable } from 'kysely'
import { now, type Queryable, timeFromNow } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { KeyScope, Schema, UserRole } from '../database/schema.ts'
import { QuoryError } from '../errors.ts'
import { type ApiKeyId, newId, type UserId } from '../ids.ts'
import { hashApiKey, keyPrefix } from './api-key.ts'
import { requireAccount, requireScope } from './authorize.ts'
import type { Principal } from './principal.ts'
import { findUser } from './user-store.ts'

/** A key as it may be shown: without its hash. */
export type ApiKey = Omit<Selectable<Schema['api_keys']>, 'hash' | 'revoked_at'>

const columns = ['id', 'user_id', 'name', 'prefix', 'scope', 'created_at', 'expires_at', 'last_used_at'] as const

export interface NewApiKey {
  readonly id?: ApiKeyId | undefined
  readonly userId: UserId
  /** Of `makeApiKey` or `makeQuivrKey`; only its hash is kept. */
  readonly key: string
  readonly name?: string | undefined
  readonly scope?: KeyScope | undefined
  readonly expiresAt?: string | null | undefined
}

/** For the user and for administrators; a key for less than everything makes no keys. */
export async function createApiKey(query: Queryable, principal: Principal, newKey: NewApiKey): Promise<ApiKey> {
  const { id = newId<ApiKeyId>(), userId, key, name, scope, expiresAt } = newKey
  requireAccount(principal, userId)
  requireScope(principal, 'admin')
  if ((await findUser(query, userId)) === undefined)
    throw new QuoryError('user_not_found', `User with ID ${userId} not found`)
  const made = await query
    .insertInto('api_keys')
    .values({
      id,
      user_id: userId,
      name: name ?? 'api_key',
      prefix: keyPrefix(key),
      hash: hashApiKey(key),
      scope: scope ?? 'admin',
      created_at: now(),
      expires_at: expiresAt ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(columns)
    .executeTakeFirst()
  return made ?? (await findApiKey(query, userId, id))
}

/** Made by an earlier run of the same request, which had the same key. */
async function findApiKey(query: Queryable, userId: UserId, id: ApiKeyId): Promise<ApiKey> {
  return await query
    .selectFrom('api_keys')
    .select(columns)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
}

/** A user's keys that are not revoked, oldest first; expired ones are among them. */
export async function listApiKeys(
  query: Queryable,
  principal: Principal,
  userId: UserId,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  requireAccount(principal, userId)
  let select = query
    .selectFrom('api_keys')
    .select(columns)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
  if (page.cursor !== undefined) select = select.where(isPast(['id'], decodeCursor(page.cursor, ['id'])))
  const rows = await select
    .orderBy('id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows, page, (key) => [key.id])
}

/** Whether there was such a key to revoke. Every node stops taking it within 5 s; tell this one's `Authenticator` to forget it. */
export async function revokeApiKey(
  query: Queryable,
  principal: Principal,
  userId: UserId,
  keyId: ApiKeyId,
): Promise<boolean> {
  requireAccount(principal, userId)
  requireScope(principal, 'admin')
  const { numUpdatedRows } = await query
    .updateTable('api_keys')
    .set({ revoked_at: now() })
    .where('id', '=', keyId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export interface KeyOwner {
  readonly keyId: ApiKeyId
  readonly userId: UserId
  readonly email: string
  readonly role: UserRole
  readonly scope: KeyScope
  readonly expiresAt: string | null
}

/** Whose the key with this hash is, unless it is revoked. Expired keys come back: the caller knows the time. */
export async function findKeyOwner(query: Queryable, hash: string): Promise<KeyOwner | undefined> {
  return await query
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select(['api_keys.id as keyId', 'users.id as userId', 'users.email', 'users.role'])
    .select(['api_keys.scope', 'api_keys.expires_at as expiresAt'])
    .where('api_keys.hash', '=', hash)
    .where('api_keys.revoked_at', 'is', null)
    .executeTakeFirst()
}

/** Keeps `last_used_at`, at most once in `everyMs` per key over all nodes. */
export async function recordKeyUse(query: Queryable, keyIds: readonly ApiKeyId[], everyMs: number): Promise<void> {
  await query
    .updateTable('api_keys')
    .set({ last_used_at: now() })
    .where('id', 'in', keyIds)
    .where((key) => key.or([key('last_used_at', 'is', null), key('last_used_at', '<=', timeFromNow(-everyMs))]))
    .execute()
}

/** The one key that comes with the installation: always this row, so that a new value replaces the old one. */
const firstKeyId = '00000000-0000-7000-8000-000000000001' as ApiKeyId

export interface FirstKey {
  readonly user_id: UserId
  readonly hash: string
  readonly name: string
  readonly revoked_at: string | null
}

export async function findFirstKey(query: Queryable): Promise<FirstKey | undefined> {
  return await query
    .selectFrom('api_keys')
    .select(['user_id', 'hash', 'name', 'revoked_at'])
    .where('id', '=', firstKeyId)
    .executeTakeFirst()
}

export async function isKeyKnown(query: Queryable, key: string): Promise<boolean> {
  const hash = hashApiKey(key)
  const row = await query.selectFrom('api_keys').select('id').where('hash', '=', hash).executeTakeFirst()
  return row !== undefined
}

/** A revoked one stays known under another id, so that no later start takes it again. */
export async function replaceFirstKey(query: Queryable, userId: UserId, key: string, name: string): Promise<void> {
  const replaced = await query.deleteFrom('api_keys').where('id', '=', firstKeyId).returningAll().executeTakeFirst()
  if (replaced?.revoked_at) {
    await query
      .insertInto('api_keys')
      .values({ ...replaced, id: newId<ApiKeyId>() })
      .execute()
  }
  await query
    .insertInto('api_keys')
    .values({
      id: firstKeyId,
      user_id: userId,
      name,
      prefix: keyPrefix(key),
      hash: hashApiKey(key),
      scope: 'admin',
      created_at: now(),
    })
    .execute()
}
