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

it('survives the loss of a connection that is in use but idle, as in the middle of a transaction', async () => {
  await using db = await openTestDatabase('postgres')
  const using = db.query.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(db.query)
    // The server's farewell arrives while no statement waits for anything.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sql`select 1`.execute(tx)
  })
  await expect(using).rejects.toThrow()
  expect((await sql<{ one: number }>`select 1 as one`.execute(db.query)).rows).toEqual([{ one: 1 }])
})
