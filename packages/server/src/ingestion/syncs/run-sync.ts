import type { FileStatus } from '../../database/schema.ts'
import { inUnsyncedTransaction } from '../../database/unsynced.ts'
import { type Connector, ConnectorFailure } from '../connectors/connector.ts'
import { openConfiguration } from '../seal-configuration.ts'
import { fileRef, type SourceFile } from '../source-file.ts'
import { claimFile, unclaimFile } from '../source-file-store.ts'
import { fetchFile } from './fetch-file.ts'
import { forEachConcurrently } from './for-each-concurrently.ts'
import { listSource } from './list-source.ts'
import { readFetched } from './read-fetched.ts'
import { removeGone } from './remove-gone.ts'
import type { SyncSession } from './sync-session.ts'
import { SyncWait } from './sync-wait.ts'

/** How one job's work on a sync ended. */
export type SyncEnd =
  | { readonly type: 'done' }
  | { readonly type: 'waits'; readonly ms: number | undefined; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }

const filesFetchedAtOnce = 4
const filesReadAtOnce = 2
/** Fetched and not yet read: enough that reading never waits, and no more than a disk has room for. */
const filesAhead = 8

/** Lists, fetches and reads side by side, then takes what is gone. What was fetched is read, whatever the source says next. */
export async function runSync(session: SyncSession, signal: AbortSignal): Promise<SyncEnd> {
  try {
    const { ref, secrets, source } = session
    const configuration = openConfiguration(secrets, ref, source.type, source.configuration)
    await using connector = await session.openConnector(source.type, configuration)
    const failing = new AbortController()
    const until = AbortSignal.any([signal, failing.signal])
    const read = readAll(session, signal).catch((error) => {
      failing.abort()
      throw error
    })
    const [bringing, reading] = await Promise.allSettled([bringAll(session, connector, failing, until), read])
    for (const stage of [reading, bringing]) if (stage.status === 'rejected') throw stage.reason
    await takeGone(session, signal)
    return { type: 'done' }
  } catch (error) {
    signal.throwIfAborted()
    return endAfter(error)
  }
}

/** Reads what is here of an upload, and what it holds if it is an archive. */
export async function readUpload(session: SyncSession, signal: AbortSignal): Promise<void> {
  await readAll(session, signal)
  await takeGone(session, signal)
}

async function takeGone(session: SyncSession, signal: AbortSignal): Promise<void> {
  await forEachConcurrently(session.pending('gone', { isLast: () => true }, signal), 1, async (file) => {
    await removeGone(session, file)
    session.release(file)
  })
}

function endAfter(error: unknown): SyncEnd {
  if (error instanceof SyncWait) return { type: 'waits', ms: error.ms, message: error.message }
  if (!(error instanceof ConnectorFailure)) throw error
  if (!error.isPassing) return { type: 'failed', message: error.message }
  return { type: 'waits', ms: error.retryAfterMs, message: error.message }
}

async function bringAll(
  session: SyncSession,
  connector: Connector,
  failing: AbortController,
  signal: AbortSignal,
): Promise<void> {
  const list = async () => {
    if (!session.isListed) await listSource(session, connector, signal)
  }
  const fetch = async () => {
    const hasRoom = () => session.ahead < filesAhead
    const listed = session.pending('listed', { isLast: () => session.isListed, hasRoom }, signal)
    await forEachConcurrently(listed, filesFetchedAtOnce, (file) =>
      take(session, file, 'listed', (claimed) => fetchFile(session, connector, claimed, signal)),
    )
  }
  try {
    await allOrNone([list, fetch], failing)
  } finally {
    session.isFetched = true
    session.announce()
  }
}

async function readAll(session: SyncSession, signal: AbortSignal): Promise<void> {
  const fetched = session.pending('fetched', { isLast: () => session.isFetched }, signal)
  await forEachConcurrently(fetched, filesReadAtOnce, (file) =>
    take(session, file, 'fetched', (claimed) => readFetched(session, claimed, signal)),
  )
}

/** The first failure ends the others, and is thrown when they have ended. */
async function allOrNone(stages: readonly (() => Promise<void>)[], failing: AbortController): Promise<void> {
  let first: { readonly error: unknown } | undefined
  const run = async (stage: () => Promise<void>) => {
    try {
      await stage()
    } catch (error) {
      first ??= { error }
      failing.abort()
    }
  }
  await Promise.all(stages.map(run))
  if (first !== undefined) throw first.error
}

async function take(
  session: SyncSession,
  file: SourceFile,
  status: FileStatus,
  work: (claimed: SourceFile) => Promise<void>,
): Promise<void> {
  const { db } = session
  const claimed = await inUnsyncedTransaction(db, (tx) => claimFile(tx, fileRef(file), status))
  try {
    if (claimed !== undefined) await work(claimed)
  } catch (error) {
    await unclaimFile(db.query, fileRef(file))
    throw error
  } finally {
    session.release(file)
  }
}
