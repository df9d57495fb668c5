import { mkdir } from 'node:fs/promises'
import { inTransaction, type Tx } from '../../database/database.ts'
import { type FileId, newId } from '../../ids.ts'
import { requireHeldJob } from '../../jobs/job-store.ts'
import { type UnpackedArchive, unpackArchive } from '../archives/unpack-archive.ts'
import { hashFile } from '../files/hash-file.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { storable } from '../parsing/storable-text.ts'
import { fileRef, type SourceFile, uploadedFileId } from '../source-file.ts'
import { findMember, insertFile, markMembersGone, updateFile } from '../source-file-store.ts'
import { lockSource, updateSource } from '../source-store.ts'
import { storedKey } from '../stored-key.ts'
import { dropDocument } from './share-document.ts'
import type { SyncSession } from './sync-session.ts'

const maxMembers = 10_000
const maxTotalBytes = 2_000_000_000
const maxRatio = 500

/**
 * Makes every member of an archive a file of its own, to be read like any other; those that are not in it any more are
 * gone. Nothing when it is one document after all. Doing it again changes nothing, so a stop in the middle does no harm.
 */
export async function unpackFetched(
  session: SyncSession,
  file: SourceFile,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<'unpacked' | ParseFailure | undefined> {
  const { files, config } = session
  await using folder = await files.temporary.reserve()
  await mkdir(folder.path, { mode: 0o700 })
  try {
    const limits = { maxMembers, maxTotalBytes, maxRatio, maxMemberBytes: config.maxUploadBytes }
    const order = { path, fileName: file.name, folder: folder.path, limits, timeoutMs: config.parseTimeoutMs, signal }
    const archive = await unpackArchive(order)
    if (archive === undefined) return undefined
    await storeMembers(session, file, archive, signal)
    return 'unpacked'
  } catch (error) {
    if (error instanceof ParseFailure) return new ParseFailure(error.reason, storable(error.message), { cause: error })
    throw error
  }
}

async function storeMembers(
  session: SyncSession,
  archive: SourceFile,
  { members, skipped }: UnpackedArchive,
  signal: AbortSignal,
): Promise<void> {
  const present: FileId[] = []
  for (const { name, path } of members) {
    signal.throwIfAborted()
    const { hash, size } = await hashFile(path)
    present.push(await storeMember(session, archive, name, { size, content_hash: hash, status: 'fetched' }, path))
  }
  for (const { name, reason } of skipped) {
    const facts = { size: null, content_hash: null, status: 'skipped', reason: storable(reason) } as const
    present.push(await storeMember(session, archive, name, facts))
  }
  const { db, job, ref, counts } = session
  const gone = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    const source = await lockSource(db, tx, ref)
    if (source === undefined) return []
    await dropDocument(tx, source, archive)
    await updateFile(tx, fileRef(archive), { status: 'unpacked', outcome: 'unpacked', reason: null, document_id: null })
    if (archive.id === uploadedFileId(source.id)) await updateSource(tx, ref, { status: 'connected', error: null })
    return await markMembersGone(tx, archive, present)
  })
  for (const member of gone) counts.move(member, { ...member, status: 'gone' })
  counts.move(archive, { status: 'unpacked', size: archive.size })
}

type MemberFacts = Pick<SourceFile, 'size' | 'content_hash'> & {
  readonly status: 'fetched' | 'skipped'
  readonly reason?: string
}

/** The member as it was when it has the same bytes as before. */
async function storeMember(
  { db, job, ref, files, counts, announce }: SyncSession,
  archive: SourceFile,
  name: string,
  facts: MemberFacts,
  path?: string,
): Promise<FileId> {
  const key = storedKey(`${archive.key}!/${name}`)
  const shown = storable(name).split('/').at(-1) ?? name
  const put = async (tx: Tx, id: FileId) => {
    if (path !== undefined) await files.put(tx, { projectId: ref.projectId, fileId: id }, { path })
  }
  const move = await inTransaction(db, async (tx) => {
    await requireHeldJob(db, tx, job, { isShared: true })
    const known = await findMember(tx, archive, key)
    if (known === undefined) {
      const id = newId<FileId>()
      await insertFile(tx, ref, { id, key, name: shown, media_type: null, parent_id: archive.id, ...facts })
      await put(tx, id)
      return { id, before: undefined, after: facts }
    }
    if (known.content_hash === facts.content_hash && known.status !== 'gone') return { id: known.id }
    const isSame = known.content_hash === facts.content_hash
    const status = isSame ? (known.outcome ?? facts.status) : facts.status
    const outcome = isSame ? known.outcome : null
    await updateFile(tx, fileRef(known), { reason: null, ...facts, status, outcome, attempt: 0 })
    if (!isSame) await put(tx, known.id)
    return { id: known.id, before: known, after: { ...facts, status } }
  })
  if (move.after !== undefined) counts.move(move.before, move.after)
  announce()
  return move.id
}
