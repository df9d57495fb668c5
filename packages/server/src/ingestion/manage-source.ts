import type { Principal } from '../accounts/principal.ts'
import { type Database, inTransaction } from '../database/database.ts'
import type { ChatId, ProjectId, SourceId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { isSealed, type SecretBox } from '../secrets/secret-box.ts'
import { checkFields, missingFields } from './check-configuration.ts'
import { ConnectorFailure } from './connectors/connector.ts'
import type { OpenConnector } from './connectors/open-connector.ts'
import { requireDataEditor, requireSource } from './data-access.ts'
import type { FileStore } from './files/file-store.ts'
import { openConfiguration, sealConfiguration, sealingKey } from './seal-configuration.ts'
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
import { scheduleSync } from './syncs/manage-sync.ts'

interface ConfiguredSource {
  readonly id: SourceId
  readonly projectId: ProjectId
  readonly type: string
  readonly name: string
  readonly configuration: Configuration
  /** 0 is never. */
  readonly syncEveryMinutes?: number | undefined
  /** The chat that it is asked for in. */
  readonly chatId?: ChatId | undefined
}

interface ManageDependencies {
  readonly db: Database
  readonly secrets: SecretBox
}

/**
 * A source without a file. Its fields are checked; what is missing may come later, and is asked for when it
 * is validated or synced.
 */
export async function createSource(
  { db, secrets }: ManageDependencies,
  principal: Principal,
  { id, projectId, type, name, configuration, syncEveryMinutes, chatId }: ConfiguredSource,
): Promise<Source> {
  await requireDataEditor(db.query, principal, projectId)
  checkFields(type, configuration)
  const ref = { projectId, sourceId: id }
  const sealed = sealConfiguration(secrets, ref, type, keepMaskedSecrets(type, configuration, {}))
  return await inTransaction(db, async (tx) => {
    const source = await insertSource(tx, {
      projectId,
      id,
      type,
      name,
      configuration: sealed,
      secretKey: sealingKey(secrets, type, sealed),
      status: 'configured',
      createdBy: principal.userId,
      chatId,
    })
    // Without a file it can only be taken for itself: an earlier run of the same request made it.
    if (source === undefined) return await requireSource(tx, principal, ref)
    if (syncEveryMinutes !== undefined) await scheduleSync(db, tx, source, syncEveryMinutes)
    return source
  })
}

interface SourceChange {
  readonly name?: string | undefined
  readonly configuration?: Configuration | undefined
  readonly syncEveryMinutes?: number | undefined
}

/** A configuration is replaced whole, except for masked secrets and what an upload's file says of itself. */
export async function changeSource(
  { db, secrets }: ManageDependencies,
  principal: Principal,
  ref: SourceRef,
  { name, configuration, syncEveryMinutes }: SourceChange,
): Promise<Source> {
  await requireDataEditor(db.query, principal, ref.projectId)
  return await inTransaction(db, async (tx) => {
    const source = await lockSource(db, tx, ref)
    if (source === undefined) throw sourceNotFound(ref.projectId, ref.sourceId)
    if (syncEveryMinutes !== undefined) await scheduleSync(db, tx, source, syncEveryMinutes)
    if (name === undefined && configuration === undefined) return source
    const changes = configuration === undefined ? {} : changeConfiguration(secrets, source, configuration)
    return (await updateSource(tx, ref, { name: name ?? source.name, ...changes })) ?? source
  })
}

function changeConfiguration(secrets: SecretBox, source: Source, sent: Configuration) {
  const { type } = source
  const ref = { projectId: source.project_id, sourceId: source.id }
  const merged = keepMaskedSecrets(type, sent, source.configuration)
  checkFields(type, withoutSealed(merged))
  const configuration = sealConfiguration(secrets, ref, type, { ...merged, ...factsOf(source) })
  return { configuration, secret_key: sealingKey(secrets, type, configuration) }
}

/** What was stored was checked when it came. */
function withoutSealed(configuration: Configuration): Configuration {
  return Object.fromEntries(Object.entries(configuration).filter(([, value]) => !isSealed(value)))
}

export interface Validation {
  readonly status: 'success' | 'error'
  readonly message: string
}

interface ValidateDependencies {
  readonly files: FileStore
  readonly secrets: SecretBox
  readonly openConnector: OpenConnector
  readonly logger: Logger
}

const checkTimeoutMs = 30_000

/** Whether a source can be used, in words; a source of another service is really connected to. Changes nothing. */
export async function validateSource(dependencies: ValidateDependencies, source: Source): Promise<Validation> {
  if (findSourceType(source.type)?.kind === 'cloud') return await tryConnection(dependencies, source)
  return await inspectUpload(dependencies, source)
}

async function tryConnection(
  { secrets, openConnector, logger }: ValidateDependencies,
  source: Source,
): Promise<Validation> {
  const { type } = source
  const missing = missingFields(type, source.configuration)
  if (missing.length > 0) return { status: 'error', message: `Missing: ${missing.join(', ')}.` }
  const signal = AbortSignal.timeout(checkTimeoutMs)
  try {
    const ref = { projectId: source.project_id, sourceId: source.id }
    await using connector = await openConnector(type, openConfiguration(secrets, ref, type, source.configuration))
    return { status: 'success', message: await connector.check(signal) }
  } catch (error) {
    if (error instanceof ConnectorFailure) return { status: 'error', message: error.message }
    if (signal.aborted) return { status: 'error', message: `No answer within ${checkTimeoutMs / 1000} seconds.` }
    logger.error({ source: source.id, err: error }, 'a source could not be checked because of a fault')
    return { status: 'error', message: 'The check failed because of a fault in the server; its log says more.' }
  }
}

async function inspectUpload({ files }: Pick<ValidateDependencies, 'files'>, source: Source): Promise<Validation> {
  if (!hasFile(source)) return { status: 'error', message: 'No file has been uploaded to this data source.' }
  if (source.status === 'error') return { status: 'error', message: source.error ?? 'The file could not be read.' }
  const content = await files.open(uploadedFile(source), { start: 0, end: 0 })
  if (content === undefined)
    return { status: 'error', message: 'The file of this data source is gone. Upload it again.' }
  content.destroy()
  if (source.items_done === 0) return { status: 'success', message: 'The file is stored and waits to be indexed.' }
  return { status: 'success', message: `The file is readable; ${source.items_done} passages are indexed.` }
}
