import { sql } from 'kysely'
import { type Database, inTransaction, type Queryable } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { analyserVersion } from '../words/segment.ts'

/** Whether the extension is in the database, and whether it could be put there by whoever we are. */
export async function readExtension(db: Queryable): Promise<{ isInstalled: boolean; mayInstall: boolean }> {
  const { rows } = await sql<{ installed: string | null; may: boolean }>`
    select installed_version as installed, (
      current_setting('pg_textsearch.library_version', true) is not null
      and (select rolsuper from pg_roles where rolname = current_user)) as may
    from pg_available_extensions where name = 'pg_textsearch'`.execute(db)
  return { isInstalled: (rows[0]?.installed ?? null) !== null, mayInstall: rows[0]?.may === true }
}

export async function installExtension(db: Database): Promise<void> {
  await inTransaction(db, async (tx) => {
    // Two nodes that start at once: `if not exists` itself races; the lock ends with the transaction.
    await sql`select pg_advisory_xact_lock(7305803)`.execute(tx)
    await sql`create extension if not exists pg_textsearch`.execute(tx)
  })
}

/** Projects of at least so many passages that the extension does not index. */
export async function listLargeProjects(db: Queryable, fromPassages: number): Promise<ProjectId[]> {
  const { rows } = await sql<{ id: ProjectId }>`
    select project_id as id from index_segments where state = 'visible' and not exists (
      select 1 from textsearch_projects known where known.project_id = index_segments.project_id
        and known.state = 'active' and known.version = ${analyserVersion})
    group by project_id having sum(passage_count) >= ${fromPassages}::bigint order by project_id`.execute(db)
  return rows.map(({ id }) => id)
}

/** Where the extension is not wanted any more: nobody stores terms from here on, and what was stored goes. */
export async function forgetTextsearch(db: Database): Promise<void> {
  const known = await db.query.selectFrom('textsearch_projects').select('project_id').limit(1).execute()
  if (known.length === 0) return
  await inTransaction(db, async (tx) => {
    // Waits for those that store terms now; who comes later finds no project to store them for.
    await sql`lock table textsearch_projects in access exclusive mode`.execute(tx)
    await tx.deleteFrom('textsearch_projects').execute()
    await sql`truncate textsearch_passages`.execute(tx)
  })
}
