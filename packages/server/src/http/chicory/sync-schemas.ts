import { z } from 'zod'
import { pageQuery } from './schemas.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-25T20:13:48.123Z' })

const amount = z.object({ files: z.int(), bytes: z.number().meta({ description: 'Of files whose size is known' }) })
const progress = z.object({
  listed: amount.meta({ description: 'Found at the source' }),
  fetched: amount.meta({ description: 'Of these, those whose bytes are here' }),
  parsed: amount.meta({ description: 'Of these, those that were read' }),
  indexed: amount.meta({ description: 'Of these, those that can be searched' }),
  embedded: amount
    .nullable()
    .meta({ description: 'Of these, those that are found by their vectors as well; null without an embedding model' }),
  skipped: z.int().meta({ description: 'Left out; the list of files says why' }),
  failed: z.int().meta({ description: 'Not to be read; the list of files says why' }),
  files_per_second: z
    .number()
    .nullable()
    .meta({ description: 'Over the last half minute; null when nothing was done' }),
  bytes_per_second: z.number().nullable(),
  remaining_seconds: z.int().nullable().meta({ description: 'Null while it cannot be known' }),
})

/** Of data sources: how far the last or current sync is, and when the next is due. */
export const sync = z
  .object({
    number: z.int().meta({ description: 'Counts the syncs of this source', example: 1 }),
    state: z.enum(['running', 'paused', 'completed', 'failed', 'cancelled']),
    mode: z.enum(['full', 'incremental']).meta({ description: 'Whether everything is listed, or what changed' }),
    started_at: time.nullable(),
    ended_at: time.nullable(),
    error: z.string().nullable().meta({ description: 'Why it failed, or what it waits for' }),
    waiting_until: time.nullable().meta({ description: 'When it goes on by itself' }),
    every_minutes: z.int().nullable().meta({ description: 'How often it is synced by itself', example: 60 }),
    next_at: time.nullable().meta({ description: 'When the next sync is due' }),
    progress: progress.nullable(),
  })
  .nullable()
  .meta({ description: 'Null when it was never synced' })

export const syncStart = z
  .object({ full: z.boolean().default(false) })
  .nullish()
  .meta({ description: 'full: list everything again, rather than what changed', example: { full: false } })
export const syncResult = z.object({ sync })

export const fileStatus = z.enum(['listed', 'fetched', 'indexed', 'unpacked', 'skipped', 'failed', 'gone'])
export const fileQuery = pageQuery.extend({ status: fileStatus.optional() })
export const sourceFile = z.object({
  id,
  key: z.string().meta({ description: 'What the source calls it', example: 'docs/guide.md' }),
  name: z.string().meta({ example: 'guide.md' }),
  url: z.string().nullable(),
  status: fileStatus,
  reason: z.string().nullable().meta({ description: 'Why it was skipped, has failed, or is tried again later' }),
  size: z.int().nullable().meta({ description: 'Bytes' }),
  media_type: z.string().nullable(),
  version: z.string().nullable().meta({ description: 'Of the bytes that are here, as the source names it' }),
  document_id: id.nullable(),
  updated_at: time,
})
export const sourceFileList = z.object({ files: z.array(sourceFile) })
