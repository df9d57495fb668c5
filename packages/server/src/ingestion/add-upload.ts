import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction, type Tx } from '../database/database.ts'
import type { WakeUp } from '../database/wake-up.ts'
import { QuoryError } from '../errors.ts'
import { type ChatId, newId, type ProjectId, type SourceId } from '../ids.ts'
import { enqueueJob } from '../jobs/job-store.ts'
import { requireDataEditor } from './data-access.ts'
import type { FileStore } from './files/file-store.ts'
import type { ReceivedFile } from './files/receive-file.ts'
import { ingestJob, ingestKind } from './ingest-source.ts'
import { inspectCsv } from './parsing/inspect-csv.ts'
import { type Configuration, cleanFileName, nameFromFile, type Source, type SourceRef } from './source.ts'
import { uploadedFileId } from './source-file.ts'
import { insertFile } from './source-file-store.ts'
import { findSource, findSourceByHash, insertSource } from './source-store.ts'
import { type UploadType, uploadTypeOf } from './source-types.ts'

export interface UploadDependencies {
  readonly db: Database
  readonly files: FileStore
  readonly wakeUp: WakeUp
}

export interface NewUpload {
  readonly id?: SourceId | undefined
  readonly projectId: ProjectId
  /** The chat that it is sent from. */
  readonly chatId?: ChatId | undefined
  /** As the client named it; shown, never used as a path. */
  readonly fileName: string
  readonly received: ReceivedFile
}

/**
 * Stores a file and the job that will index it; the source is `syncing` until then. 409 when the project has the same
 * bytes already, unless under this very id: then an earlier run of the same request stored them.
 */
export async function addUpload(
  dependencies: UploadDependencies,
  principal: Principal,
  { id, projectId, chatId, fileName, received }: NewUpload,
): Promise<Source> {
  const name = cleanFileName(fileName)
  return await storeUpload(dependencies, principal, projectId, {
    id,
    chatId,
    received,
    fileName: name,
    name: nameFromFile(name),
    type: uploadTypeOf(name),
    status: 'syncing',
    configuration: {},
  })
}

export interface NewTable {
  readonly id?: SourceId | undefined
  readonly received: ReceivedFile
  readonly fileName: string
  readonly name: string
  readonly description?: string | undefined
}

/** Stores a CSV file that was read through and counted: it is `connected` at once, and searched when its job has run. */
export async function addCsvUpload(
  dependencies: UploadDependencies,
  principal: Principal,
  projectId: ProjectId,
  { id, received, fileName, name, description }: NewTable,
): Promise<Source> {
  const { rowCount, columns } = await inspectCsv(received.path)
  return await storeUpload(dependencies, principal, projectId, {
    id,
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
  })
}

interface StoredUpload {
  readonly id: SourceId | undefined
  readonly chatId?: ChatId | undefined
  readonly received: ReceivedFile
  readonly fileName: string
  readonly name: string
  readonly type: UploadType
  readonly status: 'syncing' | 'connected'
  readonly configuration: Configuration
}

async function storeUpload(
  { db, files, wakeUp }: UploadDependencies,
  principal: Principal,
  projectId: ProjectId,
  upload: StoredUpload,
): Promise<Source> {
  const { id: sourceId = newId<SourceId>(), received, fileName, name, type, status, configuration } = upload
  const { size, hash, path } = received
  const file = { projectId, fileId: uploadedFileId(sourceId) }
  // Under an id that was given, an earlier run of the same request may have stored it: the transaction knows.
  const isNewId = upload.id === undefined
  let isPut = isNewId
  try {
    const isBrought = isNewId && (await files.bring(file, path))
    const { source, isNew } = await inTransaction(db, async (tx) => {
      // Again: the project, or the right to change it, may have gone while the file arrived.
      await requireDataEditor(tx, principal, projectId)
      const source = await insertSource(tx, {
        projectId,
        id: sourceId,
        type,
        name,
        status,
        configuration: { original_filename: fileName, file_size: size, ...configuration },
        createdBy: principal.userId,
        chatId: upload.chatId,
        file: { name: fileName, mediaType: type === 'csv_upload' ? 'text/csv' : null, size, hash },
      })
      if (source === undefined) return { source: await findStored(tx, { projectId, sourceId }, hash), isNew: false }
      isPut = true
      await insertFile(tx, { projectId, sourceId }, { ...fileOf(source), status: 'fetched' })
      await files.put(tx, file, { path, isBrought })
      await enqueueJob(tx, ingestJob({ projectId, sourceId }))
      return { source, isNew: true }
    })
    if (isNew) wakeUp.notify('job-queued', ingestKind)
    return source
  } catch (error) {
    if (isPut) await files.discard(file)
    throw error
  }
}

function fileOf({ id, name, file_name, media_type, size, content_hash }: Source) {
  const shown = file_name ?? name
  return { id: uploadedFileId(id), key: shown, name: shown, media_type, size, content_hash }
}

/** The source itself when an earlier run of the same request stored it. */
async function findStored(tx: Tx, ref: SourceRef, hash: string): Promise<Source> {
  const own = await findSource(tx, ref)
  if (own !== undefined) return own
  const existing = await findSourceByHash(tx, ref.projectId, hash)
  const which = existing === undefined ? '' : ` as "${existing.name}" (${existing.id})`
  throw new QuoryError('data_source_exists', `The same file is already in this project${which}`)
}
