import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, inTransaction, now } from '../packages/server/src/database/database.ts'
import { migrate } from '../packages/server/src/database/migrate.ts'
import { openDatabase } from '../packages/server/src/database/open-database.ts'
import {
  type DocumentId,
  type FileId,
  newId,
  type ProjectId,
  type SourceId,
  type UserId,
} from '../packages/server/src/ids.ts'
import { storeDocument } from '../packages/server/src/retrieval/document-store.ts'
import type { NewPassage } from '../packages/server/src/retrieval/passage.ts'
import { type PreparedDocument, prepareDocument } from '../packages/server/src/retrieval/prepare-document.ts'

export interface BenchProject {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
}

/** Both engines, migrated: a SQLite file in `dataDir` or a new one, and the PostgreSQL named or one started for the run. */
export async function* openBenchDatabases(
  databaseUrl: string | undefined,
  engine?: string,
  dataDir?: string,
): AsyncGenerator<Database> {
  if (engine !== 'postgres') yield* openBenchSqlite(dataDir)
  if (engine === 'sqlite') return
  const started = databaseUrl === undefined ? await startPostgres() : undefined
  try {
    await using db = await openDatabase({ dataDir: '', databaseUrl: databaseUrl ?? `${started?.url}/postgres` })
    await migrate(db)
    yield db
  } finally {
    await started?.stop()
  }
}

export async function* openBenchSqlite(kept?: string): AsyncGenerator<Database> {
  const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'quory-bench-'))
  try {
    await using db = await openDatabase({ dataDir, databaseUrl: undefined })
    await migrate(db)
    yield db
  } finally {
    if (kept === undefined) rmSync(dataDir, { recursive: true })
  }
}

async function startPostgres() {
  const support = await import('../packages/server/test/support/start-postgres.ts')
  return await support.startPostgres()
}

export async function createBenchProject(db: Database, name?: string): Promise<BenchProject> {
  const [userId, projectId, sourceId] = [newId<UserId>(), newId<ProjectId>(), newId<SourceId>()]
  const times = { created_at: now(), updated_at: now() }
  const user = { id: userId, email: userId, name: 'bench', role: 'user', ...times } as const
  await db.query
    .insertInto('users')
    .values({ ...user, email_verified: db.engine === 'sqlite' ? 1 : true })
    .execute()
  const project = {
    id: projectId,
    organization_id: '',
    owner_id: userId,
    name: name ?? projectId,
    status: 'private',
    ...times,
  } as const
  await db.query.insertInto('projects').values(project).execute()
  await addBenchSource(db, { projectId, sourceId })
  return { projectId, sourceId }
}

/** The project of this name in a database that was kept. */
export async function findBenchProject(db: Database, name: string): Promise<BenchProject | undefined> {
  return await db.query
    .selectFrom('projects')
    .innerJoin('sources', 'sources.project_id', 'projects.id')
    .select(['projects.id as projectId', 'sources.id as sourceId'])
    .where('projects.name', '=', name)
    .executeTakeFirst()
}

export async function addBenchSource(db: Database, { projectId, sourceId }: BenchProject): Promise<void> {
  const times = { created_at: now(), updated_at: now() }
  const source = { project_id: projectId, id: sourceId, type: 'upload', name: 'bench', configuration: '{}', ...times }
  await db.query
    .insertInto('sources')
    .values({ ...source, status: 'connected', items_done: 0, items_total: 0, created_by: newId<UserId>() })
    .execute()
}

export async function storeBenchDocuments(
  db: Database,
  project: BenchProject,
  documents: Iterable<{ readonly name: string; readonly prepared: PreparedDocument }>,
  tidy: () => Promise<unknown> = async () => undefined,
): Promise<Map<DocumentId, string>> {
  const names = new Map<DocumentId, string>()
  for (const { name, prepared } of documents) {
    const id = newId<DocumentId>()
    names.set(id, name)
    const fileId = newId<FileId>()
    const document = { ...project, fileId, id, name, mediaType: 'text/plain', contentHash: id }
    await inTransaction(db, (tx) => storeDocument(tx, document, prepared))
    // What the job does that storing asks for; it has nothing to do most of the time.
    await tidy()
  }
  return names
}

/** A document of the given passages, with empty lines between. */
export function prepareBenchDocument(title: string, texts: readonly string[]): PreparedDocument {
  let start = 0
  const passages = texts.map((text): NewPassage => {
    const range = { start, end: start + text.length }
    start = range.end + 2
    return {
      text,
      headingPath: title === '' ? [] : [title],
      page: null,
      sheet: null,
      rowStart: null,
      rowEnd: null,
      ...range,
      changes: null,
    }
  })
  return prepareDocument({ text: texts.join('\n\n'), language: 'en', passages })
}
