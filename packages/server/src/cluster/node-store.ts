import { type RawBuilder, sql } from 'kysely'
import type { Database, Engine, Queryable } from '../database/database.ts'
import { keptMs, type NodeDescription, type NodeLoad, type NodeReport, type NodeRole, silentMs } from './node.ts'

/** By the database's clock, so that nodes whose own clocks differ agree on who is alive. */
const clocks: Readonly<Record<Engine, (shiftMs: number) => RawBuilder<string>>> = {
  sqlite: (shiftMs) => sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ${`${shiftMs / 1000} seconds`})`,
  postgres: (shiftMs) => sql`(clock_timestamp() + make_interval(secs => ${shiftMs / 1000}))::timestamptz(3)`,
}

/** Tells that a node is here and what it is busy with; also brings back one that was away for so long that it was removed. */
export async function reportNode(
  { engine, query }: Database,
  { name, version, roles }: NodeDescription,
  { url, load }: { url: string | null; load: NodeLoad },
): Promise<void> {
  const seen = clocks[engine](0)
  await query
    .insertInto('nodes')
    .values({
      name,
      version,
      roles: roles.join(' '),
      url,
      load: JSON.stringify(load),
      started_at: seen,
      seen_at: seen,
    })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((eb) => ({
        url: eb.ref('excluded.url'),
        load: eb.ref('excluded.load'),
        seen_at: eb.ref('excluded.seen_at'),
      })),
    )
    .execute()
}

export async function removeNode(db: Queryable, name: string): Promise<void> {
  await db.deleteFrom('nodes').where('name', '=', name).execute()
}

/** For the one process that owns the database: whoever is noted in it is dead. */
export async function removeAllNodes(db: Queryable): Promise<void> {
  await db.deleteFrom('nodes').execute()
}

/** Those that stopped responding long ago. */
export async function removeOldNodes({ engine, query }: Database): Promise<void> {
  await query.deleteFrom('nodes').where('seen_at', '<', clocks[engine](-keptMs)).execute()
}

/** The versions of live nodes, each once. */
export async function listLiveVersions({ engine, query }: Database): Promise<string[]> {
  const rows = await query
    .selectFrom('nodes')
    .select('version')
    .distinct()
    .where('seen_at', '>=', clocks[engine](-silentMs))
    .orderBy('version')
    .execute()
  return rows.map((row) => row.version)
}

/** Oldest first; there are as many as servers, so all at once. */
export async function listNodes({ engine, query }: Database): Promise<NodeReport[]> {
  const rows = await query
    .selectFrom('nodes')
    .select(['name', 'version', 'roles', 'url', 'load', 'started_at', 'seen_at'])
    .select((eb) => eb('seen_at', '>=', clocks[engine](-silentMs)).as('is_live'))
    .orderBy('started_at')
    .orderBy('name')
    .execute()
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    // Written by reportNode.
    roles: row.roles.split(' ') as NodeRole[],
    url: row.url,
    isLive: Boolean(row.is_live),
    startedAt: row.started_at,
    seenAt: row.seen_at,
    // Written by reportNode.
    load: JSON.parse(row.load) as NodeLoad,
  }))
}
