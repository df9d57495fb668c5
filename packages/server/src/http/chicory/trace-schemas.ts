import { z } from 'zod'
import { attempt } from './schemas.ts'
import { searchDetails } from './search-schemas.ts'

const id = z.string().meta({ example: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b' })
const milliseconds = z.number().meta({ description: 'Milliseconds since the attempt began', example: 12.5 })
const duration = z.number().meta({ description: 'Milliseconds', example: 3.1 })

const tracedPassage = z.object({
  number: z.int().nullable().meta({ description: 'As the model was shown it; null when it was not' }),
  project_id: id,
  data_source_id: id,
  document_id: id,
  document_name: z.string(),
  passage: z.int(),
  page: z.int().nullable(),
  heading_path: z.array(z.string()).readonly(),
  start: z.int(),
  end: z.int(),
  score: z.number(),
  scores: z
    .record(z.string(), z.number().nullable())
    .meta({ description: 'By part of the search, as in a search', example: { bm25: 7.2, vector: null } }),
})
const tracedSearch = z.object({
  query: z.string(),
  started_ms: milliseconds,
  duration_ms: duration,
  details: searchDetails
    .nullable()
    .meta({ description: 'Which indexes answered, as `details` of a search; null when it failed' }),
  error: z.string().nullable(),
  passages: z.array(tracedPassage).readonly(),
})
const tracedCall = z.object({
  purpose: z.enum(['answer', 'condense']),
  model: z.string(),
  messages: z.array(z.int()).readonly().meta({ description: 'What was sent: places in `messages`' }),
  tools: z.array(z.string()).readonly(),
  started_ms: milliseconds,
  first_token_ms: duration.nullable(),
  duration_ms: duration,
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int() }).nullable(),
  stop_reason: z.string().nullable(),
  error: z.string().nullable(),
})
const tracedTool = z.object({
  name: z.string(),
  input: z.unknown(),
  started_ms: milliseconds,
  duration_ms: duration,
  error: z.string().nullable(),
})

export const trace = z.object({
  message_id: id,
  answer_id: id,
  attempts: z.array(attempt).readonly().meta({ description: 'Attempts that were cut off before the one traced here' }),
  searches: z.array(tracedSearch).readonly(),
  condensed: z
    .object({ query: z.string(), by: z.enum(['model', 'terms']) })
    .nullable()
    .meta({ description: 'The question as it was made to stand alone' }),
  messages: z
    .array(z.object({ role: z.string(), content: z.string(), tool_calls: z.string().nullable() }))
    .readonly()
    .meta({ description: 'The prompt, each message once however many calls sent it' }),
  model_calls: z.array(tracedCall).readonly(),
  tools: z.array(tracedTool).readonly(),
  note: z.string().nullable().meta({ description: 'What was left out' }),
})
