import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { migrate } from './migrate.ts'

describe.each(engines)('migrations on %s', (engine) => {
  it('are applied once and then leave the database alone', async () => {
    await using db = await openTestDatabase(engine)
    expect(await migrate(db)).toEqual([])
    const { rows } = await sql<{ id: string }>`select id from migrations order by id`.execute(db.query)
    const ids = rows.map(({ id }) => id)
    expect(ids[0]).toBe('0001-initial')
    expect(ids).toEqual([...new Set(ids)].sort())
  })
})
