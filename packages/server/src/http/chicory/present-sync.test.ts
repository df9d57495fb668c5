import { expect, it } from 'vitest'
import type { ProjectId, SourceId } from '../../ids.ts'
import type { SourceSync } from '../../ingestion/syncs/source-sync.ts'
import type { SyncProgress } from '../../ingestion/syncs/sync-progress.ts'
import { presentSync } from './present-sync.ts'

const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const amount = { files: 10, bytes: 1_000 }
const progress: SyncProgress = {
  listed: amount,
  fetched: amount,
  parsed: amount,
  indexed: { files: 8, bytes: 800 },
  skipped: 0,
  failed: 0,
  filesPerSecond: 2,
  bytesPerSecond: 200,
  remainingSeconds: 5,
}
const measured = { files_per_second: 2, bytes_per_second: 200, remaining_seconds: 5 }
const nothing = { files_per_second: null, bytes_per_second: null, remaining_seconds: null }

function aSync(changes: Partial<SourceSync>): SourceSync {
  return {
    // Ids are not looked at.
    project_id: 'p' as ProjectId,
    source_id: 's' as SourceId,
    number: 1,
    state: 'running',
    mode: 'full',
    job_id: null,
    cursor: null,
    listed_at: null,
    started_at: ago(60_000),
    ended_at: null,
    error: null,
    stalls: 0,
    waiting_until: null,
    every_minutes: null,
    next_at: null,
    progress: JSON.stringify(progress),
    updated_at: ago(1_000),
    ...changes,
  }
}

it.each([
  ['runs', {}, measured],
  ['waits until later', { waiting_until: ago(-60_000) }, nothing],
  ['has said nothing for long: its node may have died', { updated_at: ago(20_000) }, nothing],
  ['is paused', { state: 'paused' }, nothing],
  ['is over', { state: 'completed', ended_at: ago(0) }, nothing],
] as const)('speed and time left of a sync that %s', (_how, changes, shown) => {
  expect(presentSync(aSync(changes), null)?.progress).toMatchObject({ ...shown, listed: amount, embedded: null })
})

it('no more is found by its vectors than is indexed, since that was counted some moments later', () => {
  expect(presentSync(aSync({}), { files: 9, bytes: 900 })?.progress?.embedded).toEqual({ files: 8, bytes: 800 })
})

it('a source that never was synced and is not going to be has none', () => {
  expect(presentSync(undefined, null)).toBeNull()
  expect(presentSync(aSync({ number: 0, state: 'completed', progress: null }), null)).toBeNull()
  expect(presentSync(aSync({ number: 0, progress: null, every_minutes: 5 }), null)).toMatchObject({ progress: null })
})
