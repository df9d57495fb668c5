import type { SourceFile } from '../../ingestion/source-file.ts'
import type { SourceSync } from '../../ingestion/syncs/source-sync.ts'
import type { SyncProgress } from '../../ingestion/syncs/sync-progress.ts'

interface Amount {
  readonly files: number
  readonly bytes: number
}

/** Older than that, what was measured says nothing of now. */
const freshMs = 15_000

/** Null when the source was never synced and is not going to be. `embedded` is null without an embedding model. */
export function presentSync(sync: SourceSync | undefined, embedded: Amount | null) {
  if (sync === undefined || (sync.number === 0 && sync.every_minutes === null)) return null
  return {
    number: sync.number,
    state: sync.state,
    mode: sync.mode,
    started_at: sync.started_at,
    ended_at: sync.ended_at,
    error: sync.error,
    waiting_until: sync.waiting_until,
    every_minutes: sync.every_minutes,
    next_at: sync.next_at,
    progress: sync.progress === null ? null : presentProgress(sync, sync.progress, embedded),
  }
}

function presentProgress(sync: SourceSync, stored: string, embedded: Amount | null) {
  // Written by the sync's own session.
  const progress = JSON.parse(stored) as SyncProgress
  const isFresh = Date.now() - Date.parse(sync.updated_at) < freshMs
  const isMoving = sync.state === 'running' && sync.waiting_until === null && isFresh
  return {
    listed: progress.listed,
    fetched: progress.fetched,
    parsed: progress.parsed,
    indexed: progress.indexed,
    embedded: embedded && atMost(embedded, progress.indexed),
    skipped: progress.skipped,
    failed: progress.failed,
    files_per_second: isMoving ? progress.filesPerSecond : null,
    bytes_per_second: isMoving ? progress.bytesPerSecond : null,
    remaining_seconds: isMoving ? progress.remainingSeconds : null,
  }
}

/** The other counts are some moments older. */
function atMost(amount: Amount, limit: Amount): Amount {
  return { files: Math.min(amount.files, limit.files), bytes: Math.min(amount.bytes, limit.bytes) }
}

export function presentFile(file: SourceFile) {
  const isDone = file.status === 'indexed' || file.status === 'unpacked'
  return {
    id: file.id,
    key: file.key,
    name: file.name,
    url: file.url,
    status: file.status,
    reason: isDone ? null : file.reason,
    size: file.size,
    media_type: file.media_type,
    version: file.version,
    document_id: file.document_id,
    updated_at: file.updated_at,
  }
}
