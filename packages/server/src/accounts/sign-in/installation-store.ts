import type { Queryable } from '../../database/database.ts'

/** A short name of this installation, which no other on its host has: the same on all of its nodes, and for good. */
export async function findInstallation(query: Queryable): Promise<string> {
  const { id } = await query.selectFrom('installation').select('id').executeTakeFirstOrThrow()
  return id.slice(0, 8)
}
