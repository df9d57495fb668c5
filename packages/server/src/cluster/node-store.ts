import type { Database, Queryable } from '../database/database.ts'
import { databaseTime } from '../database/database-clock.ts'
import { keptMs, type NodeDescription, type NodeLoad, type NodeReport, type NodeRole, silentMs } from './node.ts'

/** Tells that a node is here and what it is busy with, by the database's clock; also brings back one that was away for so long that it was removed. */
export async function reportNode(
  db: Database,
  { name, version, roles }: NodeDescription,
  { url, load }: { url: string | null; load: NodeLoad },
): Promise<void> {
  const seen = databaseTime(db)
  await db.query
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
export async function removeOldNodes(db: Database): Promise<void> {
  await db.query.deleteFrom('nodes').where('seen_at', '<', databaseTime(db, -keptMs)).execute()
}

/** The versions of live nodes, each once. */
export async function listLiveVersions(db: Database): Promise<string[]> {
  const rows = await db.query
    .selectFrom('nodes')
    .select('version')
    .distinct()
    .where('seen_at', '>=', databaseTime(db, -silentMs))
    .orderBy('version')
    .execute()
  return rows.map((row) => row.version)
}

/** Oldest first; there are as many as servers, so all at once. */
export async function listNodes(db: Database): Promise<NodeReport[]> {
  const rows = await db.query
    .selectFrom('nodes')
    .select(['name', 'version', 'roles', 'url', 'load', 'started_at', 'seen_at'])
    .select((eb) => eb('seen_at', '>=', databaseTime(db, -silentMs)).as('is_live'))
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
