import { inTransaction } from '../../database/database.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { archiveKindOf, readHead } from '../archives/archive-kind.ts'
import { type ReadFile, readFile, unread } from '../files/read-file.ts'
import { indexFile } from '../index-file.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { fileRef, type SourceFile } from '../source-file.ts'
import { findTwin, updateFile } from '../source-file-store.ts'
import { lockSource } from '../source-store.ts'
import { clearDeadAttempts, stageFile } from '../stage-file.ts'
import { shareDocument } from './share-document.ts'
import type { SyncSession } from './sync-session.ts'
import { unpackFetched } from './unpack-fetched.ts'

/** Twice a job's: an upload's own job and a training's may both be reading a file when their node dies. */
const maxAttempts = 6

/** Parses a file whose bytes are here and puts it in the index, or unpacks it into files, in transactions of its own. */
export async function readFetched(session: SyncSession, file: SourceFile, signal: AbortSignal): Promise<void> {
  // Two files with the same bytes one after the other: the second finds the document of the first.
  await session.inTurn(file.content_hash ?? file.id, () => read(session, file, signal))
}

async function read(session: SyncSession, file: SourceFile, signal: AbortSignal): Promise<void> {
  const { db, job, counts } = session
  if (file.attempt > 1) await clearDeadAttempts(session, file, signal)
  if (await isShared(session, file)) return
  const opened = file.attempt > maxAttempts ? tooManyDeaths() : await open(session, file, signal)
  if (opened === 'unpacked') return
  await using read = opened
  await using staged = await stageFile(session, file, read, signal)
  const status = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    return await indexFile(session, tx, file, read, staged)
  })
  counts.move(file, status === undefined ? undefined : { status, size: file.size })
}

async function open(session: SyncSession, file: SourceFile, signal: AbortSignal): Promise<ReadFile | 'unpacked'> {
  await using original = await session.files.materialize(fileRef(file))
  if (original === undefined)
    return unread(new ParseFailure('damaged', 'The file of this data source is gone. Upload it again.'))
  const { path } = original
  const head = await readHead(path)
  const isArchive = file.parent_id === null && archiveKindOf(head, file.name) !== undefined
  const unpacked = isArchive ? await unpackFetched(session, file, { path, signal }) : undefined
  if (unpacked === undefined) return await readFile(session, file, { path, head, signal })
  return unpacked === 'unpacked' ? unpacked : unread(unpacked)
}

function tooManyDeaths(): ReadFile {
  const reason = 'The server stopped again and again while it read this; it was not tried any more.'
  return unread(new ParseFailure('crashed', reason))
}

/** The same bytes may have been read as another file since these were fetched. */
async function isShared({ db, job, ref, counts }: SyncSession, file: SourceFile): Promise<boolean> {
  const { content_hash: hash } = file
  const twin = hash === null ? undefined : await findTwin(db.query, file, hash)
  if (hash === null || twin === undefined || twin.document_id === file.document_id) return false
  const shared = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    const source = await lockSource(db, tx, ref)
    const shared = source === undefined ? undefined : await shareDocument(tx, source, file, hash)
    if (shared !== undefined) await updateFile(tx, fileRef(file), shared)
    return shared
  })
  if (shared !== undefined) counts.move(file, { status: shared.status, size: file.size })
  return shared !== undefined
}
