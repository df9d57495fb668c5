import { inTransaction, now } from '../../database/database.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import type { Connector, Listed } from '../connectors/connector.ts'
import { hasUnfetchedFiles } from '../source-file-store.ts'
import { markUnseenGone, recordListed } from './source-listing-store.ts'
import { updateRunningSync } from './source-sync-store.ts'
import type { SyncSession } from './sync-session.ts'

const filesPerBatch = 200

/** Writes what a source lists into rows, a batch a transaction. When all is listed, so is the place where the next listing goes on. */
export async function listSource(session: SyncSession, connector: Connector, signal: AbortSignal): Promise<void> {
  const { db, job, ref, sync } = session
  if (sync === undefined) return
  // What could not be fetched did not change, so it would not be listed among what did.
  const cursor = (await hasUnfetchedFiles(db.query, ref)) ? null : sync.cursor
  const listing = connector.list({ cursor, signal })
  let batch: Listed[] = []
  const write = async () => {
    const listed = batch
    batch = []
    if (listed.length > 0) await recordBatch(session, sync.number, listed)
  }
  for (;;) {
    const { done, value } = await listing.next()
    signal.throwIfAborted()
    if (done !== true) {
      batch.push(value)
      if (batch.length >= filesPerBatch) await write()
      continue
    }
    await write()
    const gone = await inTransaction(db, async (tx) => {
      await requireHeldJob(db, tx, job, { isShared: true })
      await updateRunningSync(tx, ref, job.id, { listed_at: now(), cursor: value.cursor, stalls: 0 })
      return value.isFull ? await markUnseenGone(tx, ref, sync.number) : []
    })
    for (const count of gone) session.counts.moveAll(count, 'gone')
    session.isListed = true
    return session.announce()
  }
}

async function recordBatch(
  { db, job, ref, counts, announce }: SyncSession,
  number: number,
  listed: readonly Listed[],
): Promise<void> {
  const moves = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    return await recordListed(tx, ref, number, listed)
  })
  for (const { before, after } of moves) counts.move(before, after)
  announce()
}
