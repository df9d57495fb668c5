import { z } from 'zod'
import { sourceTypeIds } from '../../ingestion/source-types.ts'
import { jsonObject, queryBoolean, text } from '../fields.ts'
import { pageQuery, projectParams } from './schemas.ts'
import { sync } from './sync-schemas.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })
const sourceType = z.enum(sourceTypeIds as [string, ...string[]])

export const sourceQuery = pageQuery.extend({
  q: z.string().max(200).optional().meta({ description: 'Only those with this in their names, in any case' }),
  sort: z.enum(['oldest', 'newest']).default('oldest').meta({ description: 'By creation' }),
})
export const sourceParams = projectParams.extend({ data_source_id: z.string().meta({ example: exampleId }) })

export const sourceTypeList = z.object({
  data_source_types: z.array(
    z.object({
      id: z.string().meta({ example: 'csv_upload' }),
      name: z.string(),
      category: z.enum(['document', 'code', 'data']),
      description: z.string(),
      required_fields: z
        .array(
          z.object({
            name: z.string(),
            type: z.enum(['string', 'password', 'integer']),
            description: z.string(),
            optional: z.boolean(),
            options: z.array(z.string()).readonly().optional().meta({ description: 'Its only values' }),
          }),
        )
        .readonly(),
    }),
  ),
})

const count = z.object({
  done: z.int().meta({ description: 'Passages that can be searched' }),
  total: z.int().meta({ description: 'Passages known so far; 0 until the file was read' }),
})
export const source = z.object({
  id,
  project_id: id,
  type: sourceType,
  name: z.string().meta({ example: 'Price list' }),
  configuration: jsonObject.meta({ description: 'Fields of type password read ********' }),
  status: z.enum(['configured', 'syncing', 'connected', 'error']),
  created_at: time,
  updated_at: time,
  error: z.string().nullable().meta({ description: 'Why the file could not be read' }),
  progress: count,
  file_name: z.string().nullable().meta({ example: 'prices.csv' }),
  media_type: z.string().nullable().meta({ example: 'text/csv' }),
  size: z.int().nullable().meta({ description: 'Bytes' }),
  hash: z.string().nullable().meta({ description: 'SHA-256 of the bytes, in hexadecimal' }),
})
/** Of data sources and trainings: why one that is not done is where it is. */
export const job = z
  .object({
    state: z.enum(['waiting', 'running']),
    attempt: z.int().meta({ description: 'Attempts begun so far', example: 1 }),
    max_attempts: z.int().meta({ example: 3 }),
    next_attempt_at: time
      .nullable()
      .meta({ description: 'When a failed attempt is followed by the next, or what was put off begins' }),
    reason: z.string().nullable().meta({ description: 'What the last attempt came to, or why this one stands still' }),
  })
  .nullable()
  .meta({ description: 'Work under way; null when there is none' })
export const listedSource = source.extend({ job })
export const sourceWithDocuments = listedSource.extend({
  sync,
  documents: z.array(z.object({ id, name: z.string(), media_type: z.string(), language: z.string(), length: z.int() })),
})
/** Five minutes at least; 0 ends it. */
const syncEvery = z
  .int()
  .min(0)
  .max(525_600)
  .refine((minutes) => minutes === 0 || minutes >= 5, 'at least 5 minutes, or 0 for never')
  .nullish()
  .meta({ description: 'How often it is synced by itself: 5 minutes or more; 0 is never', example: 60 })
export const newSource = z
  .object({
    type: sourceType,
    name: text({ min: 1, max: 100 }),
    configuration: jsonObject.default({}),
    sync_every_minutes: syncEvery,
  })
  .meta({ example: { type: 'github', name: 'Code', configuration: { username: 'acme', access_token: '…' } } })
export const sourceChange = z
  .object({
    name: text({ min: 1, max: 100 }).nullish(),
    configuration: jsonObject.nullish(),
    sync_every_minutes: syncEvery,
  })
  .meta({ example: { name: 'Prices 2026' } })
export const sourceDeletion = z.object({
  delete_s3_object: queryBoolean().optional(),
  force: queryBoolean().optional(),
})
export const validation = z.object({ status: z.enum(['success', 'error']), message: z.string() })

const file = z.string().meta({ format: 'binary' })
/** For the published description alone: a form is read as a stream, so Fastify sees no body. */
export const csvUpload = z.object({ name: z.string(), file, description: z.string().optional() }).optional()
export const upload = z.object({ file: z.union([file, z.array(file)]) }).optional()
/** `file` is the name of the file that came. */
export const csvFields = z.object({
  name: text({ min: 1, max: 100 }),
  file: z.string(),
  description: text().optional(),
})

export const uploadResult = z.object({
  data_sources: z.array(source).meta({ description: 'One for each file that was stored, in the order they were sent' }),
  errors: z
    .array(
      z.object({
        file_name: z.string().nullable().meta({ description: 'Null when the form itself broke off' }),
        code: z.string().meta({ example: 'data_source_exists' }),
        detail: z.string(),
      }),
    )
    .meta({ description: 'One for each file that was not' }),
})
