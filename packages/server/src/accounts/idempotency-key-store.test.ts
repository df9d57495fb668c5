import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { type Database, now, timeFromNow } from '../database/database.ts'
import type { UserId } from '../ids.ts'
import {
  findKey,
  finishKey,
  forgetKey,
  insertKey,
  type NewKey,
  pruneKeys,
  releaseKey,
  takeKeyOver,
} from './idempotency-key-store.ts'

function aNewKey(userId: UserId, keyHash: string, fields: Partial<NewKey> = {}): NewKey {
  const shared = { userId, keyHash, node: 'a', requestHash: 'r', seed: 's', createdAt: now() }
  return { ...shared, leaseExpiresAt: timeFromNow(10_000), ...fields }
}

async function countKeys(db: Database): Promise<number> {
  return (await db.query.selectFrom('idempotency_keys').select('key_hash').execute()).length
}

describe.each(engines)('idempotency keys on %s', (engine) => {
  it('are inserted once, however many come at once', async () => {
    await using db = await openTestDatabase(engine)
    const { userId } = await aPrincipal(db)
    const isNew = await Promise.all(
      Array.from({ length: 8 }, (_, index) => insertKey(db.query, aNewKey(userId, 'k', { seed: `s${index}` }))),
    )
    expect(isNew.filter(Boolean)).toHaveLength(1)
    const found = await findKey(db.query, { userId, keyHash: 'k' })
    expect(found).toMatchObject({ state: 'running', seed: `s${isNew.indexOf(true)}`, node: 'a', status: null })
  })

  it('are taken over once; the run that lost one changes nothing any more', async () => {
    await using db = await openTestDatabase(engine)
    const { userId } = await aPrincipal(db)
    const old = aNewKey(userId, 'k', { leaseExpiresAt: now() })
    await insertKey(db.query, old)
    const found = await findKey(db.query, old)
    if (found === undefined) throw new Error('it was just stored')
    const leases = [1, 2, 3].map((more) => ({ ...old, node: `n${more}`, leaseExpiresAt: timeFromNow(more * 10_000) }))
    const taken = await Promise.all(leases.map((lease) => takeKeyOver(db.query, found, lease)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    const winner = leases[taken.indexOf(true)]
    if (winner === undefined) throw new Error('one won')
    const answer = { status: 201, contentType: 'application/json', body: Buffer.from('late') }
    await finishKey(db.query, old, answer)
    await forgetKey(db.query, old)
    await releaseKey(db.query, old)
    expect(await findKey(db.query, old)).toMatchObject({ state: 'running', lease_expires_at: winner.leaseExpiresAt })
    await finishKey(db.query, winner, { ...answer, body: Buffer.from('in time') })
    const done = await findKey(db.query, old)
    expect(done).toMatchObject({ state: 'done', status: 201, lease_expires_at: null, node: null })
    expect(Buffer.from(done?.body ?? []).toString()).toBe('in time')
  })

  it('are removed when they are old, however many, by way of the index of their times', async () => {
    await using db = await openTestDatabase(engine)
    const { userId } = await aPrincipal(db)
    const before = timeFromNow(-60_000)
    const old = { createdAt: timeFromNow(-90_000) }
    for (let index = 0; index < 1_100; index++) await insertKey(db.query, aNewKey(userId, `old ${index}`, old))
    await insertKey(db.query, aNewKey(userId, 'new'))
    await Promise.all([pruneKeys(db, before), pruneKeys(db, before)])
    await pruneKeys(db, before)
    expect(await countKeys(db)).toBe(1)
    expect(await findKey(db.query, { userId, keyHash: 'new' })).toBeDefined()
    if (engine === 'sqlite') {
      const { rows } = await sql<{ detail: string }>`explain query plan delete from idempotency_keys
        where (user_id, key_hash) in (select user_id, key_hash from idempotency_keys
          where created_at < ${before} order by created_at limit 500)`.execute(db.query)
      expect(rows.map(({ detail }) => detail).join('\n')).toContain('idempotency_keys_created')
      expect(rows.filter(({ detail }) => /SCAN idempotency_keys/.test(detail))).toEqual([])
    }
  })
})
