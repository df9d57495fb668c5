import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { ProjectId, SourceId } from '../ids.ts'
import { requireDataEditor, requireSource } from './data-access.ts'
import type { FileStore } from './file-store.ts'
import {
  type Configuration,
  factsOf,
  hasFile,
  keepMaskedSecrets,
  type Source,
  type SourceRef,
  sourceNotFound,
} from './source.ts'
import { uploadedFile } from './source-file.ts'
import { insertSource, lockSource, updateSource } from './source-store.ts'
import { findSourceType } from './source-types.ts'

interface ConfiguredSource {
  readonly id: SourceId
  readonly projectId: ProjectId
  readonly type: string
  readonly name: string
  readonly configuration: Configuration
}

/** A source without a file: its configuration is kept as sent, and not checked until it is validated. */
export async function createSource(
  { db }: { db: Database },
  principal: Principal,
  { id, projectId, type, name, configuration }: ConfiguredSource,
): Promise<Source> {
  await requireDataEditor(db.query, principal, projectId)
  const source = await insertSource(db.query, {
    projectId,
    id,
    type,
    name,
    configuration: keepMaskedSecrets(type, configuration, {}),
    status: 'configured',
    createdBy: principal.userId,
  })
  // Without a file it can only be taken for itself: an earlier run of the same request made it.
  return source ?? (await requireSource(db.query, principal, { projectId, sourceId: id }))
}

interface SourceChange {
  readonly name?: string | undefined
  readonly configuration?: Configuration | undefined
}

/** A configuration is replaced whole, except for masked secrets and what an upload's file says of itself. */
export async function changeSource(
  { db }: { db: Database },
  principal: Principal,
  ref: SourceRef,
  { name, configuration }: SourceChange,
): Promise<Source> {
  await requireDataEditor(db.query, principal, ref.projectId)
  return await inTransaction(db, async (tx) => {
    const source = await lockSource(db, tx, ref)
    if (source === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    if (name === undefined && configuration === undefined) return source
    const merged =
      configuration === undefined
        ? source.configuration
        : { ...keepMaskedSecrets(source.type, configuration, source.configuration), ...factsOf(source) }
    return (await updateSource(tx, ref, { name: name ?? source.name, configuration: merged })) ?? source
  })
}

export interface Validation {
  readonly status: 'success' | 'error'
  readonly message: string
}

/** Whether a source can be used, in words. Changes nothing. */
export async function validateSource({ files }: { files: FileStore }, source: Source): Promise<Validation> {
  const type = findSourceType(source.type)
  if (type?.kind === 'cloud') {
    const missing = type.required_fields.filter((field) => !field.optional && isBlank(source.configuration[field.name]))
    const message = `Connecting to ${type.name} comes with a later version of Quory; the configuration is kept until then.`
    if (missing.length === 0) return { status: 'error', message }
    return { status: 'error', message: `${message} Missing: ${missing.map((field) => field.name).join(', ')}.` }
  }
  if (!hasFile(source)) return { status: 'error', message: 'No file has been uploaded to this data source.' }
  if (source.status === 'error') return { status: 'error', message: source.error ?? 'The file could not be read.' }
  const content = await files.open(uploadedFile(source), { start: 0, end: 0 })
  if (content === undefined)
    return { status: 'error', message: 'The file of this data source is gone. Upload it again.' }
  content.destroy()
  if (source.items_done === 0) return { status: 'success', message: 'The file is stored and waits to be indexed.' }
  return { status: 'success', message: `The file is readable; ${source.items_done} passages are indexed.` }
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
