import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction, type Tx } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { QuoryError } from '../errors.ts'
import type { ChatId, FileId, IdSource, ProjectId, SourceId } from '../ids.ts'
import { enqueueJobs } from '../jobs/job-store.ts'
import { requireDataEditor } from './data-access.ts'
import type { FileStore } from './files/file-store.ts'
import type { ReceivedFile } from './files/receive-file.ts'
import { ingestJob, ingestKind } from './ingest-source.ts'
import { inspectCsv } from './parsing/inspect-csv.ts'
import { type Configuration, cleanFileName, nameFromFile, type Source } from './source.ts'
import { uploadedFileId } from './source-file.ts'
import { insertFiles } from './source-file-store.ts'
import { findSource, findSourceByHash, insertSources } from './source-store.ts'
import { type UploadType, uploadTypeOf } from './source-types.ts'

export interface UploadDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly wakeUp: WakeUp
}

/** Stored together: more would keep others from SQLite's one connection, or a transaction of PostgreSQL open, for long. */
const mostAtOnce = { files: 20, bytes: 4_000_000 }

interface UploadedFile {
  /** As the client named it; shown, never used as a path. */
  readonly fileName: string
  readonly received: ReceivedFile
}

interface UploadPlace {
  readonly ids: IdSource
  readonly projectId: ProjectId
  /** The chat that it is sent from. */
  readonly chatId?: ChatId | undefined
}

export type NewUpload = UploadPlace & UploadedFile

/** One file, as `addUploads`; throws what refuses it. */
export async function addUpload(
  dependencies: UploadDependencies,
  principal: Principal,
  { fileName, received, ...place }: NewUpload,
): Promise<Source> {
  return only(await addUploads(dependencies, principal, place, [{ fileName, received }]))
}

/**
 * Stores files and the jobs that will index them; their sources are `syncing` until then. In the order of the files,
 * each one's source or why it was refused: 409 when the project has the same bytes already, unless under this very id:
 * then an earlier run of the same request stored them.
 */
export async function addUploads(
  dependencies: UploadDependencies,
  principal: Principal,
  { ids, projectId, chatId }: UploadPlace,
  uploads: readonly UploadedFile[],
): Promise<(Source | QuoryError)[]> {
  const results: (Source | QuoryError)[] = []
  for (const group of withinLimits(uploads)) {
    const wanted = group.map(({ fileName, received }) => {
      const name = cleanFileName(fileName)
      const shown = { fileName: name, name: nameFromFile(name), type: uploadTypeOf(name) }
      return { ...shown, id: ids.next<SourceId>(), chatId, received, status: 'syncing' as const, configuration: {} }
    })
    try {
      results.push(...(await storeUploads(dependencies, principal, { ids, projectId }, wanted)))
    } catch (error) {
      if (!(error instanceof QuoryError)) throw error
      results.push(...group.map(() => error))
    }
  }
  return results
}

function* withinLimits(uploads: readonly UploadedFile[]): Generator<UploadedFile[]> {
  let group: UploadedFile[] = []
  let bytes = 0
  for (const upload of uploads) {
    bytes += upload.received.size
    if (group.length === mostAtOnce.files || (group.length > 0 && bytes > mostAtOnce.bytes)) {
      yield group
      group = []
      bytes = upload.received.size
    }
    group.push(upload)
  }
  if (group.length > 0) yield group
}

export interface NewTable extends UploadedFile {
  readonly ids: IdSource
  readonly projectId: ProjectId
  readonly name: string
  readonly description?: string | undefined
}

/** Stores a CSV file that was read through and counted: it is `connected` at once, and searched when its job has run. */
export async function addCsvUpload(
  dependencies: UploadDependencies,
  principal: Principal,
  { ids, projectId, received, fileName, name, description }: NewTable,
): Promise<Source> {
  const { rowCount, columns } = await inspectCsv(received.path)
  const upload: StoredUpload = {
    id: ids.next<SourceId>(),
    received,
    fileName: cleanFileName(fileName),
    name,
    type: 'csv_upload',
    status: 'connected',
    configuration: {
      ...(description === undefined ? {} : { description }),
      row_count: rowCount,
      column_count: columns.length,
      columns,
    },
  }
  return only(await storeUploads(dependencies, principal, { ids, projectId }, [upload]))
}

function only([result]: readonly (Source | QuoryError)[]): Source {
  if (result === undefined || result instanceof QuoryError) throw result
  return result
}

interface StoredUpload {
  readonly id: SourceId
  readonly chatId?: ChatId | undefined
  readonly received: ReceivedFile
  readonly fileName: string
  readonly name: string
  readonly type: UploadType
  readonly status: 'syncing' | 'connected'
  readonly configuration: Configuration
}

async function storeUploads(
  { db, files, wakeUp }: UploadDependencies,
  principal: Principal,
  { ids, projectId }: UploadPlace,
  uploads: readonly StoredUpload[],
): Promise<(Source | QuoryError)[]> {
  const pathOf = new Map(uploads.map(({ id, received }) => [uploadedFileId(id), received.path]))
  // What another run of the same request stored under its ids is not to be touched: the transaction knows.
  const unkept = new Set<FileId>(ids.areUnique ? pathOf.keys() : [])
  try {
    const isBrought = ids.areUnique && (await files.bring(projectId, pathOf))
    const { stored, results } = await inTransaction(db, async (tx) => {
      // Again: the project, or the right to change it, may have gone while the files arrived.
      await requireDataEditor(tx, principal, projectId)
      const rows = uploads.map((upload) => toNewSource(upload, projectId, principal))
      const stored = await insertSources(tx, rows)
      const fileRows = stored.map(fileOf)
      for (const { id } of fileRows) unkept.add(id)
      await insertFiles(tx, projectId, fileRows)
      // Theirs are among the paths.
      const newPaths = new Map(fileRows.map(({ id }) => [id, pathOf.get(id) ?? '']))
      await files.putNew(tx, projectId, newPaths, isBrought)
      const jobs = stored.map(({ id }) => ingestJob({ projectId, sourceId: id }))
      await enqueueJobs(tx, jobs)
      return { stored, results: await withRefusals(tx, projectId, uploads, stored) }
    })
    for (const { id } of stored) unkept.delete(uploadedFileId(id))
    if (stored.length > 0) wakeUp.notify('job-queued', ingestKind)
    return results
  } finally {
    for (const fileId of unkept) await files.discard({ projectId, fileId })
  }
}

function toNewSource(upload: StoredUpload, projectId: ProjectId, principal: Principal) {
  const { received, fileName, ...rest } = upload
  const { size, hash } = received
  return {
    ...rest,
    projectId,
    configuration: { original_filename: fileName, file_size: size, ...upload.configuration },
    createdBy: principal.userId,
    file: { name: fileName, mediaType: upload.type === 'csv_upload' ? 'text/csv' : null, size, hash },
  }
}

function fileOf({ id, name, file_name, media_type, size, content_hash }: Source) {
  const shown = file_name ?? name
  const facts = { key: shown, name: shown, media_type, size, content_hash, status: 'fetched' as const }
  return { id: uploadedFileId(id), source_id: id, ...facts }
}

/** What was not stored was stored before: by another run of the same request, or as the same bytes. */
async function withRefusals(
  tx: Tx,
  projectId: ProjectId,
  uploads: readonly StoredUpload[],
  stored: readonly Source[],
): Promise<(Source | QuoryError)[]> {
  const known = new Map(stored.map((source) => [source.id, source]))
  const results: (Source | QuoryError)[] = []
  for (const { id, received } of uploads) {
    const source = known.get(id) ?? (await findSource(tx, { projectId, sourceId: id }))
    results.push(source ?? (await alreadyThere(tx, projectId, received.hash)))
  }
  return results
}

async function alreadyThere(tx: Tx, projectId: ProjectId, hash: string): Promise<QuoryError> {
  const existing = await findSourceByHash(tx, projectId, hash)
  const which = existing === undefined ? '' : ` as "${existing.name}" (${existing.id})`
  return new QuoryError('data_source_exists', `The same file is already in this project${which}`)
}
