import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely'
import { type Database, now, type Queryable } from '../database/database.ts'
import { rowLock } from '../database/row-lock.ts'
import type { Schema } from '../database/schema.ts'
import type { UserId } from '../ids.ts'

/** A request that carried a key: what it asked, and what it was answered. */
export type StoredKey = Selectable<Schema['idempotency_keys']>

export interface KeyRef {
  readonly userId: UserId
  readonly keyHash: string
}

/** Held by the run that may say how the request ended; a later run, after the lease ran out, has another. */
export interface KeyLease extends KeyRef {
  readonly node: string | null
  readonly leaseExpiresAt: string | null
}

const columns = [
  'user_id',
  'key_hash',
  'request_hash',
  'state',
  'seed',
  'node',
  'lease_expires_at',
  'status',
  'headers',
  'body',
  'created_at',
] as const

export interface NewKey extends KeyLease {
  readonly requestHash: string
  readonly seed: string
  readonly createdAt: string
}

/** Whether the key is new: the primary key decides, whatever comes at once on however many nodes. */
export async function insertKey(db: Queryable, key: NewKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('idempotency_keys')
    .values({
      user_id: key.userId,
      key_hash: key.keyHash,
      request_hash: key.requestHash,
      state: 'running',
      seed: key.seed,
      node: key.node,
      lease_expires_at: key.leaseExpiresAt,
      created_at: key.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'key_hash']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows > 0n
}

export async function findKey(db: Queryable, { userId, keyHash }: KeyRef): Promise<StoredKey | undefined> {
  return await db
    .selectFrom('idempotency_keys')
    .select(columns)
    .where('user_id', '=', userId)
    .where('key_hash', '=', keyHash)
    .executeTakeFirst()
}

/** Fences: a run whose request was taken over changes nothing any more. */
function isHeld({ userId, keyHash, node, leaseExpiresAt }: KeyLease) {
  return (eb: ExpressionBuilder<Schema, 'idempotency_keys'>): Expression<SqlBool> =>
    eb.and({ user_id: userId, key_hash: keyHash, state: 'running', node, lease_expires_at: leaseExpiresAt })
}

/** Takes a request over from a run that died; `false` when another was faster. */
export async function takeKeyOver(db: Queryable, found: StoredKey, lease: KeyLease): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ node: lease.node, lease_expires_at: lease.leaseExpiresAt })
    .where(isHeld({ ...lease, node: found.node, leaseExpiresAt: found.lease_expires_at }))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Without an answer, whoever repeats the request runs it again and finds what it made. */
interface KeptAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

export async function finishKey(db: Queryable, lease: KeyLease, answer: KeptAnswer | undefined): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({
      state: 'done',
      node: null,
      lease_expires_at: null,
      status: answer?.status ?? null,
      headers: answer === undefined ? null : JSON.stringify({ 'content-type': answer.contentType }),
      body: answer?.body ?? null,
    })
    .where(isHeld(lease))
    .execute()
}

/** After a failure that may have come too late to undo anything: the next run need not wait. */
export async function releaseKey(db: Queryable, lease: KeyLease): Promise<void> {
  await db.updateTable('idempotency_keys').set({ lease_expires_at: now() }).where(isHeld(lease)).execute()
}

/** After a refusal: nothing was made, so the key is as good as new. */
export async function forgetKey(db: Queryable, lease: KeyLease): Promise<void> {
  await db.deleteFrom('idempotency_keys').where(isHeld(lease)).execute()
}

export async function forgetOldKey(db: Queryable, found: StoredKey): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('user_id', '=', found.user_id)
    .where('key_hash', '=', found.key_hash)
    .where('created_at', '=', found.created_at)
    .execute()
}

/** Rows per statement, so that none holds the database long. */
const prunedAtOnce = 500

/** Reads the old end of the index of times only; nodes that prune at once take different rows. */
export async function pruneKeys(db: Database, before: string): Promise<void> {
  for (;;) {
    const { numDeletedRows } = await db.query
      .deleteFrom('idempotency_keys')
      .where((eb) =>
        eb(
          eb.refTuple('user_id', 'key_hash'),
          'in',
          eb
            .selectFrom('idempotency_keys')
            .select(['user_id', 'key_hash'])
            .where('created_at', '<', before)
            .orderBy('created_at')
            .limit(prunedAtOnce)
            .modifyEnd(rowLock(db.engine).skipLocked)
            .$asTuple('user_id', 'key_hash'),
        ),
      )
      .executeTakeFirstOrThrow()
    if (numDeletedRows < prunedAtOnce) return
  }
}
