import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'

it('plans a statement once per connection, whatever its parameters', async () => {
  await using db = await openTestDatabase('postgres')
  const prepared = await db.query.connection().execute(async (connection) => {
    for (const id of ['a', 'b', 'c']) {
      await connection.selectFrom('users').select('name').where('email', '=', id).execute()
    }
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement like '%from "users" where "email"%'`.execute(
      connection,
    )
    return rows
  })
  expect(prepared).toHaveLength(1)
})
