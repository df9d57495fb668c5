import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { aProject } from '../../test/support/projects.ts'
import { inTransaction } from '../database/database.ts'
import { newId, type SourceId } from '../ids.ts'
import { insertSources } from './source-store.ts'

it('the same files stored in other orders at once do not wait for each other in a ring', async () => {
  await using db = await openTestDatabase('postgres')
  const { projectId, owner } = await aProject(db)
  for (let round = 0; round < 8; round++) {
    const hashes = Array.from({ length: 40 }, (_, i) => `${round} ${i}`)
    const sources = (order: readonly string[]) =>
      order.map((hash) => ({
        projectId,
        id: newId<SourceId>(),
        type: 'direct_upload',
        name: hash,
        configuration: {},
        status: 'syncing' as const,
        createdBy: owner.userId,
        file: { name: hash, mediaType: null, size: 1, hash },
      }))
    const orders = [hashes, hashes.toReversed(), hashes, hashes.toReversed()]
    const stored = await Promise.all(
      orders.map((order) => inTransaction(db, (tx) => insertSources(tx, sources(order)))),
    )
    expect(stored.flat()).toHaveLength(hashes.length)
  }
  const { rows } = await sql<{ deadlocks: number }>`
    select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()`.execute(
    db.query,
  )
  expect(rows[0]?.deadlocks).toBe(0)
})
