import { inTransaction, type Tx, timeFromNow } from '../../database/database.ts'
import { storageFailureOf } from '../../database/storage-failure.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { type Connector, ConnectorFailure, type FetchedFile, FileSkipped } from '../connectors/connector.ts'
import { hashFile } from '../files/hash-file.ts'
import { storable } from '../parsing/storable-text.ts'
import type { Source } from '../source.ts'
import { fileRef, type SourceFile } from '../source-file.ts'
import { updateFile } from '../source-file-store.ts'
import { lockSource } from '../source-store.ts'
import { dropDocument, shareDocument } from './share-document.ts'
import type { SyncSession } from './sync-session.ts'
import { SyncWait } from './sync-wait.ts'

const maxAttempts = 5
const firstRetryMs = 15_000
const fullDiskWaitMs = 60_000

type Changes = Parameters<typeof updateFile>[2] & Pick<SourceFile, 'status'>

/** Brings a file's bytes here, or notes why not. What stops the whole source is thrown: `SyncWait`, or a fault of ours. */
export async function fetchFile(
  session: SyncSession,
  connector: Connector,
  file: SourceFile,
  signal: AbortSignal,
): Promise<void> {
  await using target = await session.files.temporary.reserve()
  const fetched = await tryFetching(session, connector, file, { path: target.path, signal })
  if ('changes' in fetched) await move(session, file, async () => fetched.changes)
  else await storeFetched(session, file, fetched, target.path)
}

async function tryFetching(
  session: SyncSession,
  connector: Connector,
  file: SourceFile,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<FetchedFile | { readonly changes: Changes }> {
  try {
    const maxBytes = session.config.maxUploadBytes
    const known = file.content_hash === null ? null : file.version
    const fetched = await connector.fetch(listedOf(file), { path, maxBytes, known, signal })
    return fetched === 'unchanged' ? { changes: unchanged(file) } : fetched
  } catch (error) {
    signal.throwIfAborted()
    if (storageFailureOf(error) === 'full')
      throw new SyncWait(fullDiskWaitMs, new Error('The disk of the server is full.'))
    return { changes: changesAfter(error, file, session) }
  }
}

function listedOf({ key, name, url, listed_version: version, size, media_type: mediaType }: SourceFile) {
  return { key, name, url, version, size, mediaType }
}

/** The bytes that are here are still right, and so is what was made of them. */
function unchanged({ outcome }: SourceFile): Changes {
  return { status: outcome ?? 'fetched', attempt: 0, retry_at: null }
}

function changesAfter(error: unknown, file: SourceFile, { logger }: SyncSession): Changes {
  const again = { listed_version: null, version: null }
  if (error instanceof FileSkipped) {
    return { status: 'skipped', outcome: null, version: null, content_hash: null, reason: storable(error.message) }
  }
  if (!(error instanceof ConnectorFailure)) {
    logger.error({ file: file.id, err: error }, 'a file could not be fetched because of a fault')
    return {
      ...again,
      status: 'failed',
      reason: 'Fetching it failed because of a fault in the server; its log says more.',
    }
  }
  if (error.isPassing && error.retryAfterMs !== undefined) throw new SyncWait(error.retryAfterMs, error)
  const reason = storable(error.message)
  if (!error.isPassing || file.attempt >= maxAttempts) return { ...again, status: 'failed', reason }
  return { status: 'listed', reason, retry_at: timeFromNow(firstRetryMs * 2 ** (file.attempt - 1)) }
}

async function storeFetched(session: SyncSession, file: SourceFile, fetched: FetchedFile, path: string): Promise<void> {
  const { hash, size } = await hashFile(path)
  const { version, mediaType, name } = fetched
  const facts = {
    ...(name === undefined ? {} : { name: storable(name) }),
    ...(mediaType === null ? {} : { media_type: storable(mediaType) }),
    version: version === null ? null : storable(version),
    size,
    content_hash: hash,
    attempt: 0,
    retry_at: null,
  }
  await move(session, file, async (tx, source) => {
    if (hash === file.content_hash) return { ...facts, status: file.outcome ?? 'fetched' }
    await session.files.put(tx, fileRef(file), { path })
    const shared = await shareDocument(tx, source, file, hash)
    return shared === undefined ? { ...facts, status: 'fetched', outcome: null } : { ...facts, ...shared }
  })
}

/** Writes what came of a file, in a transaction that nobody else of this source is in; `decide` reads what it needs there. */
async function move(
  { db, job, ref, counts, files }: SyncSession,
  file: SourceFile,
  decide: (tx: Tx, source: Source) => Promise<Changes>,
): Promise<void> {
  const changes = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    const source = await lockSource(db, tx, ref)
    if (source === undefined) return undefined
    const changes = await decide(tx, source)
    if (changes.status === 'skipped' && file.content_hash !== null && changes.content_hash === null) {
      await dropDocument(tx, source, file)
      await files.remove(tx, fileRef(file))
    }
    await updateFile(tx, fileRef(file), changes)
    return changes
  })
  if (changes === undefined) return
  if (changes.content_hash === null) await files.discard(fileRef(file))
  counts.move(file, { status: changes.status, size: changes.size ?? file.size })
}
