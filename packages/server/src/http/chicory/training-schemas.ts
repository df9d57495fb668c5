import { z } from 'zod'
import { text } from '../fields.ts'
import { job } from './data-source-schemas.ts'
import { projectParams } from './schemas.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })

export const trainingParams = projectParams.extend({ training_id: z.string().meta({ example: exampleId }) })

const report = z.object({
  documents: z.int(),
  passages: z.int(),
  words: z.int().meta({ description: 'As indexed: stop words left out, overlaps counted twice' }),
  languages: z.array(z.object({ language: z.string(), documents: z.int() })).readonly(),
  skipped: z
    .array(z.object({ data_source_id: id, name: z.string(), reason: z.string() }))
    .readonly()
    .meta({ description: 'The first hundred files that were left out or failed' }),
  skipped_count: z.int(),
  seconds: z.number(),
})
const training = z.object({
  id,
  project_id: id,
  data_source_ids: z.array(id).readonly(),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  description: z.string().nullable(),
  progress: z.object({
    current_step: z.enum(['queued', 'indexing', 'completed', 'failed']),
    steps_completed: z.int(),
    total_steps: z.int(),
    percent_complete: z.int(),
    message: z.string(),
  }),
  error: z.string().nullable(),
  report: report.nullable().meta({ description: 'What the index holds of the data sources; null until the end' }),
  created_at: time,
  updated_at: time,
})
export const trainingWithJob = training.extend({ job })
export const newTraining = z
  .object({ data_source_ids: z.array(z.string()), description: text({ max: 500 }).nullish() })
  .meta({ example: { data_source_ids: [exampleId] } })
/** Chicory's workers report by this call; here the server knows for itself, so everything else is accepted and ignored. */
export const trainingChange = z
  .object({ description: text({ max: 500 }).nullish() })
  .meta({ example: { description: 'Monthly' } })
export const trainingDeletion = z.object({ message: z.string(), deleted_at: time })
