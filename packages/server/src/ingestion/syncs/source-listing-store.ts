import { now, type Tx } from '../../database/database.ts'
import type { FileStatus } from '../../database/schema.ts'
import { type FileId, newId } from '../../ids.ts'
import type { Listed, ListedFile } from '../connectors/connector.ts'
import { storable } from '../parsing/storable-text.ts'
import type { SourceRef } from '../source.ts'
import type { SourceFile } from '../source-file.ts'
import { type FileCount, sumOfSizes, updateFile } from '../source-file-store.ts'
import { storedKey, whyNotAsked } from '../stored-key.ts'

type Known = Pick<SourceFile, 'id' | 'key' | 'status' | 'size' | 'listed_version' | 'seen_in'>

interface FileState {
  readonly status: FileStatus
  readonly size: number | null
}

/** A file before and after a listing; `before` is absent when it is new. */
export interface FileMove {
  readonly before: FileState | undefined
  readonly after: FileState
}

/**
 * Writes down what a source listed. What has the version that was fetched before stays as it is; all else is to be
 * fetched. Listing the same again within one sync changes nothing, so a listing that was cut off can be begun again.
 */
export async function recordListed(
  tx: Tx,
  ref: SourceRef,
  number: number,
  listed: readonly Listed[],
): Promise<FileMove[]> {
  // The last word on a key counts: a source may list a file twice.
  const byKey = new Map(listed.map((entry) => [storedKey(entry.type === 'file' ? entry.file.key : entry.key), entry]))
  const known = new Map((await findKnown(tx, ref, [...byKey.keys()])).map((file) => [file.key, file]))
  const moves: FileMove[] = []
  const unchanged: FileId[] = []
  const added: (ListedFile & Standing)[] = []
  for (const [key, entry] of byKey) {
    const before = known.get(key)
    if (entry.type === 'removed') {
      if (before !== undefined) moves.push({ before, after: await recordGone(tx, ref, before) })
    } else if (before === undefined) {
      const file = { ...entry.file, ...standing(entry.file), key }
      added.push(file)
      moves.push({ before: undefined, after: file })
    } else if (isUnchanged(before, entry.file, number)) unchanged.push(before.id)
    else moves.push({ before, after: await recordChanged(tx, ref, number, before, entry.file) })
  }
  await insertListed(tx, ref, number, added)
  await touch(tx, ref, number, unchanged)
  return moves
}

interface Standing {
  readonly status: 'listed' | 'skipped'
  readonly reason: string | null
}

/** To be fetched, or left out because it could not be asked for. */
function standing({ key }: ListedFile): Standing {
  const reason = whyNotAsked(key)
  return reason === undefined ? { status: 'listed', reason: null } : { status: 'skipped', reason }
}

function isUnchanged(before: Known, file: ListedFile, number: number): boolean {
  if (before.status === 'gone' || before.status === 'listed') return false
  return before.seen_in === number || (file.version !== null && file.version === before.listed_version)
}

function findKnown(tx: Tx, { projectId, sourceId }: SourceRef, keys: readonly string[]): Promise<Known[]> {
  return tx
    .selectFrom('source_files')
    .select(['id', 'key', 'status', 'size', 'listed_version', 'seen_in'])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('key', 'in', keys)
    .execute()
}

/** Texts of a source as a database can hold them. */
function describe({ name, url, version, mediaType, size }: ListedFile) {
  return {
    name: storable(name).slice(0, 1_000).toWellFormed(),
    url: url === null ? null : storable(url),
    listed_version: version === null ? null : storable(version),
    media_type: mediaType === null ? null : storable(mediaType),
    size,
  }
}

async function insertListed(
  tx: Tx,
  { projectId, sourceId }: SourceRef,
  number: number,
  files: readonly (ListedFile & Standing)[],
): Promise<void> {
  if (files.length === 0) return
  const time = now()
  const rows = files.map((file) => ({
    ...describe(file),
    project_id: projectId,
    id: newId<FileId>(),
    source_id: sourceId,
    key: file.key,
    status: file.status,
    reason: file.reason,
    seen_in: number,
    attempt: 0,
    created_at: time,
    updated_at: time,
  }))
  await tx.insertInto('source_files').values(rows).execute()
}

async function touch(tx: Tx, { projectId }: SourceRef, number: number, ids: readonly FileId[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('source_files')
    .set({ seen_in: number })
    .where('project_id', '=', projectId)
    .where('id', 'in', ids)
    .execute()
}

/** What was read of it earlier stays until its new bytes are read. */
async function recordChanged(
  tx: Tx,
  { projectId }: SourceRef,
  number: number,
  { id, size }: Known,
  file: ListedFile,
): Promise<FileState> {
  const { status, reason } = standing(file)
  const after = { status, size: file.size ?? size }
  const stays = status === 'skipped' ? { reason } : {}
  const changes = { ...describe(file), ...after, ...stays, seen_in: number, attempt: 0, retry_at: null }
  await updateFile(tx, { projectId, fileId: id }, changes)
  return after
}

async function recordGone(tx: Tx, { projectId }: SourceRef, { id, size }: Known): Promise<FileState> {
  await updateFile(tx, { projectId, fileId: id }, { status: 'gone' })
  return { status: 'gone', size }
}

/** What a full listing did not hold is gone. Returns how many of each status went so. */
export async function markUnseenGone(tx: Tx, { projectId, sourceId }: SourceRef, number: number): Promise<FileCount[]> {
  const counts = await tx
    .selectFrom('source_files')
    .select((eb) => ['status', eb.fn.countAll<number>().as('files'), sumOfSizes.as('bytes')])
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('seen_in', '<', number)
    .where('status', '!=', 'gone')
    .where('parent_id', 'is', null)
    .groupBy('status')
    .execute()
  if (counts.length === 0) return counts
  await tx
    .updateTable('source_files')
    .set({ status: 'gone', updated_at: now() })
    .where('project_id', '=', projectId)
    .where('source_id', '=', sourceId)
    .where('seen_in', '<', number)
    .where('status', '!=', 'gone')
    .where('parent_id', 'is', null)
    .execute()
  return counts
}
