import { type NotNull, type RawBuilder, sql, type Updateable } from 'kysely'
import { now, type Queryable, type Tx } from '../database/database.ts'
import { decodeCursor, isPast, type Page, type PageRequest, pageLimit, toPage } from '../database/page.ts'
import type { FileStatus, Schema } from '../database/schema.ts'
import type { DocumentId, FileId, ProjectId, SourceId } from '../ids.ts'
import type { SourceRef } from './source.ts'
import type { FileRef, SourceFile } from './source-file.ts'

const columns = [
  'project_id',
  'id',
  'source_id',
  'parent_id',
  'key',
  'name',
  'url',
  'listed_version',
  'version',
  'media_type',
  'size',
  'content_hash',
  'status',
  'outcome',
  'reason',
  'document_id',
  'seen_in',
  'attempt',
  'retry_at',
  'created_at',
  'updated_at',
] as const

function selectFiles(db: Queryable, { projectId, sourceId }: SourceRef) {
  return db
    .selectFrom('source_files')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
}

type NewFile = Pick<SourceFile, 'id' | 'key' | 'name' | 'media_type' | 'size' | 'content_hash' | 'status'> &
  Partial<Pick<SourceFile, 'parent_id' | 'reason'>>

export function insertFile(tx: Tx, { projectId, sourceId }: SourceRef, file: NewFile): Promise<void> {
  return insertFiles(tx, projectId, [{ ...file, source_id: sourceId }])
}

/** In one statement. */
export async function insertFiles(
  tx: Tx,
  projectId: ProjectId,
  files: readonly (NewFile & { readonly source_id: SourceId })[],
): Promise<void> {
  if (files.length === 0) return
  const time = now()
  const facts = { project_id: projectId, seen_in: 0, attempt: 0, created_at: time, updated_at: time }
  const rows = files.map((file) => ({ ...file, ...facts }))
  await tx.insertInto('source_files').values(rows).execute()
}

export function findFile(db: Queryable, { projectId, fileId }: FileRef): Promise<SourceFile | undefined> {
  return db
    .selectFrom('source_files')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('id', '=', fileId)
    .executeTakeFirst()
}

/** In the order in which they were found. */
export async function listFiles(
  db: Queryable,
  ref: SourceRef,
  { status, ...page }: PageRequest & { readonly status?: FileStatus | undefined },
): Promise<Page<SourceFile>> {
  let select = selectFiles(db, ref)
  if (status !== undefined) select = select.where('status', '=', status)
  if (page.cursor !== undefined) select = select.where(isPast(['id'], decodeCursor(page.cursor, ['id'])))
  const rows = await select
    .orderBy('id')
    .limit(pageLimit(page) + 1)
    .execute()
  return toPage(rows, page, (file) => [file.id])
}

/** A member of an archive. */
export function findMember(db: Queryable, archive: SourceFile, key: string): Promise<SourceFile | undefined> {
  return selectFiles(db, { projectId: archive.project_id, sourceId: archive.source_id })
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Those that are not in the archive any more; returns them as they were. */
export async function markMembersGone(tx: Tx, archive: SourceFile, present: readonly FileId[]): Promise<SourceFile[]> {
  const kept = new Set(present)
  const members = await selectFiles(tx, { projectId: archive.project_id, sourceId: archive.source_id })
    .where('parent_id', '=', archive.id)
    .where('status', '!=', 'gone')
    .execute()
  const gone = members.filter(({ id }) => !kept.has(id))
  for (const member of gone) {
    await updateFile(tx, { projectId: member.project_id, fileId: member.id }, { status: 'gone' })
  }
  return gone
}

/** What was read of a source is to be read again; archives stay unpacked, their members are read. */
export async function readAgain(tx: Tx, { projectId, sourceId }: SourceRef): Promise<void> {
  await tx
    .updateTable('source_files')
    .set({ status: 'fetched', attempt: 0 })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('content_hash', 'is not', null)
    .where('status', 'in', ['indexed', 'skipped', 'failed'])
    .execute()
}

/** Says of what was to be read why it was not yet; false when there is nothing. */
export async function explainUnread(tx: Tx, { projectId, sourceId }: SourceRef, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('source_files')
    .set({ reason, updated_at: now() })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('status', '=', 'fetched')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** What was to be read is not tried any more. */
export async function failUnread(tx: Tx, { projectId, sourceId }: SourceRef, reason: string): Promise<void> {
  await tx
    .updateTable('source_files')
    .set({
      status: 'failed',
      outcome: 'failed',
      reason: sql<string>`case when document_id is null then ${reason} else ${withEarlier(reason)} end`,
      updated_at: now(),
    })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('status', '=', 'fetched')
    .execute()
}

/** Why something could not be read again. */
export function withEarlier(reason: string): string {
  return `${reason} What was read earlier is still searched.`
}

/** All ids of a source's files: for a deletion. */
export async function listFileIds(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<FileId[]> {
  const rows = await db
    .selectFrom('source_files')
    .select('id')
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** The documents that these files have or share. */
export async function listDocumentsOf(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
  ids: readonly FileId[],
): Promise<{ id: DocumentId; passageCount: number }[]> {
  return await db
    .selectFrom('documents')
    .select(['id', 'passage_count as passageCount'])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('staged_by', 'is', null)
    .where('id', 'in', (files) =>
      files
        .selectFrom('source_files')
        .select('document_id')
        .where('project_id', '=', projectId)
        .where('id', 'in', ids)
        .where('document_id', 'is not', null)
        .$narrowType<{ document_id: NotNull }>(),
    )
    .execute()
}

/** Files of a source, and all that have one of these documents. Returns which they were. */
export async function deleteFiles(
  tx: Tx,
  { projectId, sourceId }: SourceRef,
  { ids, documentIds }: { readonly ids: readonly FileId[]; readonly documentIds: readonly DocumentId[] },
): Promise<FileId[]> {
  const rows = await tx
    .deleteFrom('source_files')
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where((file) =>
      documentIds.length === 0
        ? file('id', 'in', ids)
        : file.or([file('id', 'in', ids), file('document_id', 'in', documentIds)]),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

type FileChanges = Omit<Updateable<Schema['source_files']>, 'updated_at'>

export async function updateFile(db: Queryable, { projectId, fileId }: FileRef, changes: FileChanges): Promise<void> {
  await db
    .updateTable('source_files')
    .set({ ...changes, updated_at: now() })
    .where('project_id', '=', projectId)
    .where('id', '=', fileId)
    .execute()
}

export async function deleteFileRow(tx: Tx, { projectId, fileId }: FileRef): Promise<void> {
  await tx.deleteFrom('source_files').where('project_id', '=', projectId).where('id', '=', fileId).execute()
}

/** Another file of the source with the same bytes and a document made of them. */
export function findTwin(db: Queryable, file: SourceFile, contentHash: string): Promise<SourceFile | undefined> {
  return selectTwins(db, file, contentHash).where('document_id', 'is not', null).executeTakeFirst()
}

/** Another file of the source that shares this one's document, which was made of bytes with this hash. */
export function findSharer(db: Queryable, file: SourceFile, contentHash: string): Promise<SourceFile | undefined> {
  return selectTwins(db, file, contentHash).where('document_id', '=', file.document_id).executeTakeFirst()
}

function selectTwins(db: Queryable, { project_id, source_id, id }: SourceFile, contentHash: string) {
  return selectFiles(db, { projectId: project_id, sourceId: source_id })
    .where('content_hash', '=', contentHash)
    .where('id', '!=', id)
    .orderBy('id')
    .limit(1)
}

/** What is to be fetched or read next, oldest first; what waits for another attempt is left out until then. */
export function listPending(
  db: Queryable,
  ref: SourceRef,
  { status, limit }: { readonly status: FileStatus; readonly limit: number },
): Promise<SourceFile[]> {
  return selectFiles(db, ref)
    .where('status', '=', status)
    .where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now())]))
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Whether some could not be fetched, for which no version counts as the one that was read. */
export async function hasUnfetchedFiles(db: Queryable, ref: SourceRef): Promise<boolean> {
  const [first] = await selectFiles(db, ref)
    .where('status', '=', 'failed')
    .where('listed_version', 'is', null)
    .where('parent_id', 'is', null)
    .limit(1)
    .execute()
  return first !== undefined
}

/** A stage takes a file; `undefined` when it is not at that stage any more. Counts the attempt. */
export function claimFile(
  db: Queryable,
  { projectId, fileId }: FileRef,
  status: FileStatus,
): Promise<SourceFile | undefined> {
  return db
    .updateTable('source_files')
    .set((row) => ({ attempt: row('attempt', '+', 1) }))
    .where('project_id', '=', projectId)
    .where('id', '=', fileId)
    .where('status', '=', status)
    .returning(columns)
    .executeTakeFirst()
}

/** An attempt that was cut short by a stop does not count. */
export async function unclaimFile(db: Queryable, { projectId, fileId }: FileRef): Promise<void> {
  await db
    .updateTable('source_files')
    .set((row) => ({ attempt: row('attempt', '-', 1) }))
    .where('project_id', '=', projectId)
    .where('id', '=', fileId)
    .where('attempt', '>', 0)
    .execute()
}

/** How many files wait for another attempt, and when the first of them is due. */
export async function findRetries(
  db: Queryable,
  { projectId, sourceId }: SourceRef,
): Promise<{ readonly files: number; readonly at: string | null }> {
  return await db
    .selectFrom('source_files')
    .select((eb) => [eb.fn.count<number>('retry_at').as('files'), eb.fn.min('retry_at').as('at')])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('status', '=', 'listed')
    .executeTakeFirstOrThrow()
}

export interface FileCount {
  readonly status: FileStatus
  readonly files: number
  readonly bytes: number
}

/** One read of the index by status. */
export function countFiles(db: Queryable, { projectId, sourceId }: SourceRef): Promise<FileCount[]> {
  return db
    .selectFrom('source_files')
    .select((eb) => ['status', eb.fn.countAll<number>().as('files'), sumOfSizes.as('bytes')])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .groupBy('status')
    .execute()
}

export const sumOfSizes: RawBuilder<number> = sql`cast(coalesce(sum(size), 0) as double precision)`
