import { sql } from 'kysely'
import { type Database, type Engine, now, type Tx } from './database.ts'
import { migrateInitial } from './migrations/0001-initial.ts'
import { migrateNodesAndRetries } from './migrations/0002-nodes-and-retries.ts'
import { migrateAnswerQueue } from './migrations/0003-answer-queue.ts'
import { migrateSourceFiles } from './migrations/0004-source-files.ts'
import { migrateIndexSegments } from './migrations/0005-index-segments.ts'
import { migrateEmbeddings } from './migrations/0006-embeddings.ts'
import { migrateTables } from './migrations/0007-tables.ts'
import { migrateTracesAndMemory } from './migrations/0008-traces-and-memory.ts'
import { migrateStagedDocuments } from './migrations/0009-staged-documents.ts'
import { migrateTextsearch } from './migrations/0011-textsearch.ts'
import { migratePassageCuts } from './migrations/0012-passage-cuts.ts'
import { migrateSignIn } from './migrations/0013-sign-in.ts'
import { migrateBranchesAndTrash } from './migrations/0014-branches-and-trash.ts'
import { migratePassagePages } from './migrations/0015-passage-pages.ts'
import { migrateShelves } from './migrations/0016-shelves.ts'
import { migrateProjectInvitations } from './migrations/0017-project-invitations.ts'
import { migrateJobLines } from './migrations/0018-job-lines.ts'
import { migrateRemovedDocuments } from './migrations/0019-removed-documents.ts'
import { migrateRemovedProjects } from './migrations/0022-removed-projects.ts'
import { migrateQuickCompression } from './migrations/0023-quick-compression.ts'

interface Migration {
  readonly id: string
  readonly run: (tx: Tx, engine: Engine) => Promise<void>
  /** On SQLite, which then must not delete what refers to the table; it takes this outside of transactions only. */
  readonly makesTableAnew?: boolean
}

/** Forward only; a released one is never edited. */
const migrations: readonly Migration[] = [
  { id: '0001-initial', run: migrateInitial },
  { id: '0002-nodes-and-retries', run: migrateNodesAndRetries },
  { id: '0003-answer-queue', run: migrateAnswerQueue },
  { id: '0004-source-files', run: migrateSourceFiles },
  { id: '0005-index-segments', run: migrateIndexSegments },
  { id: '0006-embeddings', run: migrateEmbeddings },
  { id: '0007-tables', run: migrateTables },
  { id: '0008-traces-and-memory', run: migrateTracesAndMemory },
  { id: '0009-staged-documents', run: migrateStagedDocuments },
  { id: '0011-textsearch', run: migrateTextsearch },
  { id: '0012-passage-cuts', run: migratePassageCuts },
  { id: '0013-sign-in', run: migrateSignIn },
  { id: '0014-branches-and-trash', run: migrateBranchesAndTrash },
  { id: '0015-passage-pages', run: migratePassagePages },
  { id: '0016-shelves', run: migrateShelves },
  { id: '0017-project-invitations', run: migrateProjectInvitations },
  { id: '0018-job-lines', run: migrateJobLines },
  { id: '0019-removed-documents', run: migrateRemovedDocuments, makesTableAnew: true },
  { id: '0022-removed-projects', run: migrateRemovedProjects },
  { id: '0023-quick-compression', run: migrateQuickCompression },
]

/**
 * Brings the database up to date and returns the ids it applied. Each migration runs in a transaction that first
 * records itself, so two nodes that start at once cannot both run it: the second waits on the first's row, then skips.
 */
export async function migrate(db: Database): Promise<string[]> {
  await createMigrationTable(db)
  const known = await db.query.selectFrom('migrations').select('id').execute()
  const before = new Set(known.map(({ id }) => id))
  const applied: string[] = []
  for (const { id, run, makesTableAnew } of migrations.filter((migration) => !before.has(migration.id))) {
    const hasNoKeys = makesTableAnew === true && db.engine === 'sqlite'
    if (hasNoKeys) await sql`pragma foreign_keys = off`.execute(db.query)
    const isNew = await db.query.transaction().execute(async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('migrations')
        .values({ id, applied_at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return false
      await run(tx, db.engine)
      return true
    })
    // Not when it failed: then the server does not start.
    if (hasNoKeys) await sql`pragma foreign_keys = on`.execute(db.query)
    if (isNew) applied.push(id)
  }
  return applied
}

async function createMigrationTable(db: Database): Promise<void> {
  const time = db.engine === 'postgres' ? 'timestamptz(3)' : 'text'
  await db.query.transaction().execute(async (tx) => {
    // `create table if not exists` itself races on PostgreSQL; the lock ends with the transaction.
    if (db.engine === 'postgres') await sql`select pg_advisory_xact_lock(7305801)`.execute(tx)
    await sql
      .raw(`create table if not exists migrations (id text primary key, applied_at ${time} not null)`)
      .execute(tx)
  })
}
