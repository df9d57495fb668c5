import { z } from 'zod'
import { unpagedCap } from '../../database/page.ts'
import type { MessageId } from '../../ids.ts'
import { idField, jsonObject, queryBoolean, queryInteger, text, wordedText } from '../fields.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })

export const projectParams = z.object({ project_id: z.string().meta({ example: exampleId }) })
export const chatParams = projectParams.extend({ chat_id: z.string().meta({ example: exampleId }) })
export const messageParams = chatParams.extend({ message_id: z.string().meta({ example: exampleId }) })

/** Published without paging: both optional, and without either everything comes, up to a cap that a header names. */
export const pageQuery = z.object({
  limit: queryInteger({ min: 1, max: unpagedCap }).optional(),
  cursor: z.string().optional().meta({ description: 'X-Next-Cursor of the page before' }),
})

export const project = z.object({
  id,
  organization_id: z.string().meta({ example: 'acme' }),
  name: z.string().meta({ example: 'Handbook' }),
  description: z.string().nullable(),
  created_at: time,
  updated_at: time,
  instructions: z.string().nullable(),
  model: z.string().nullable(),
  role: z.enum(['owner', 'editor', 'viewer']),
})
const instructions = text({ max: 20_000 })
const model = text({ min: 1, max: 200 }).meta({ example: 'quory/extractive' })
export const newProject = z
  .object({
    name: text({ min: 1, max: 100 }),
    organization_id: text({ min: 1, max: 200 }),
    description: text({ max: 500 }).nullish(),
    instructions: instructions.nullish(),
    model: model.nullish(),
  })
  .meta({ example: { name: 'Handbook', organization_id: 'acme' } })
export const projectChange = z
  .object({
    name: text({ min: 1, max: 100 }).nullish(),
    description: text({ max: 500 }).nullish(),
    instructions: instructions.nullish(),
    model: model.nullish(),
  })
  .meta({ example: { name: 'Staff handbook' } })

export const chat = z.object({
  id,
  project_id: id,
  name: z.string().meta({ example: 'Holidays' }),
  description: z.string().nullable(),
  owner: z.string().nullable().meta({ example: 'u1' }),
  message_count: z.int().meta({ example: 2 }),
  created_at: time,
  updated_at: time,
  is_named: z.boolean().meta({ description: 'False: the name stands in, or was made from the first exchange' }),
  is_running: z.boolean().meta({ description: 'An answer in it waits or is made' }),
  leaf_id: id.nullable().meta({ description: 'The message that ends the active path' }),
  pinned_at: time.nullable(),
  archived_at: time.nullable(),
  deleted_at: time.nullable().meta({ description: 'When it went to the trash' }),
})
export const newChat = z
  .object({
    name: text({ min: 1, max: 100 }),
    description: text({ max: 500 }).nullish(),
    owner: text().nullish(),
    is_named: z
      .boolean()
      .nullish()
      .meta({ description: 'False: `name` stands in until the first exchange gives the chat one' }),
  })
  .meta({ example: { name: 'Holidays', owner: 'u1' } })
export const chatChange = z
  .object({
    name: text({ min: 1, max: 100 }).nullish(),
    description: text({ max: 500 }).nullish(),
    pinned: z.boolean().nullish(),
    archived: z.boolean().nullish(),
    leaf_id: idField<MessageId>()
      .nullish()
      .meta({ description: 'Walks to this message, and on to where its branch was last' }),
  })
  .meta({ example: { name: 'Holidays 2026' } })
export const chatListQuery = pageQuery.extend({
  owner: z.string().optional().meta({ description: 'Exact owner label' }),
  state: z
    .enum(['all', 'active', 'archived', 'trash'])
    .optional()
    .meta({ description: 'Your own chats, newest first by `updated_at`: `all` but the trash, or one of these' }),
  pinned: queryBoolean().optional().meta({ description: 'Your own chats that are pinned, or not, newest first' }),
})

export const passageCitation = z.object({
  type: z.literal('passage'),
  id: z.string().meta({ description: 'Unique within the message', example: '1' }),
  number: z.int().meta({ description: 'Of the marker in the text, such as [1]', example: 1 }),
  project_id: id,
  data_source_id: id,
  document_id: id,
  document_name: z.string().meta({ example: 'handbook.pdf' }),
  passage: z.int(),
  page: z.int().nullable(),
  sheet: z.string().nullable(),
  row_start: z.int().nullable(),
  row_end: z.int().nullable(),
  file_id: id,
  content_hash: z.string().meta({ description: 'Of the file as it was then' }),
  url: z.string().nullable().meta({ description: 'Where a person opened the file at its source; null for uploads' }),
  content_url: z.string().meta({
    description: 'The original as it is kept here now, at the page where there is one',
    example:
      '/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3',
  }),
  heading_path: z.array(z.string()).readonly(),
  start: z.int().meta({ description: 'First Unicode code point of the quote in the document text' }),
  end: z.int().meta({ description: 'One past the last' }),
  quote: z.string(),
})
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
const tableCitation = z.object({
  type: z.literal('table'),
  id: z.string().meta({ example: '1' }),
  number: z.int().meta({ example: 1 }),
  project_id: id,
  data_source_id: id.nullable(),
  document_id: id.nullable(),
  file_id: id.nullable(),
  document_name: z.string(),
  tables: z
    .array(
      z.object({
        id,
        name: z.string(),
        data_source_id: id,
        file_name: z.string(),
        sheet: z.string().nullable(),
        data_version: z.string(),
      }),
    )
    .readonly(),
  sql: z.string().meta({
    description:
      'Brings the result again at `POST …/tables/query`, which says whether the data changed when it is sent `data_version`',
    example: 'select count(*) as count from prices',
  }),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).readonly(),
  rows: z.array(z.array(cell).readonly()).readonly().meta({ description: 'The first 20' }),
  row_count: z.int(),
  truncated: z.boolean(),
  data_version: z.string(),
})
/** Tagged by `type`, which clients must look at: a passage of a document is not all that can be cited. */
export const citation = z.union([passageCitation, tableCitation])
const details = z.object({
  citations: z
    .object({ found: z.int(), repaired: z.int(), dropped: z.int() })
    .meta({ description: 'What came of the markers; an answer whose markers all failed has found and repaired none' }),
})
const usage = z.object({ input_tokens: z.int(), output_tokens: z.int() })
const failure = z.object({ code: z.string().meta({ example: 'model_unavailable' }), message: z.string() })

const rating = z.enum(['up', 'down'])
export const messageRating = z.object({ rating: rating.nullable() }).meta({ example: { rating: 'up' } })

export const message = z.object({
  id,
  chat_id: id,
  project_id: id,
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string().meta({ example: 'How many days of holiday do I have?' }),
  status: z.enum(['queued', 'processing', 'completed', 'failed', 'cancelled']),
  metadata: jsonObject,
  created_at: time,
  completed_at: time.nullable(),
  parent_id: id.nullable(),
  answer_id: id.nullable(),
  model: z.string().nullable(),
  usage: usage.nullable(),
  citations: z.array(citation).readonly(),
  details: details.nullable(),
  error: failure.nullable(),
  queue_position: z.int().nullable().meta({
    description:
      'While `queued`: how many answers would be started before this one, plus one. Null when it does not wait',
    example: null,
  }),
  cancel_requested_at: time.nullable().meta({
    description: 'Set while an answer is being stopped: whoever runs it has not ended it yet',
  }),
  rating: rating.nullable(),
  cost: z
    .object({ amount: z.number().meta({ example: 0.0042 }), currency: z.string().meta({ example: 'USD' }) })
    .nullable()
    .meta({ description: 'Null when it is not known what the model costs' }),
  siblings: z
    .array(id)
    .readonly()
    .optional()
    .meta({ description: 'With `path=active`: this message and those beside it, in the order they were made' }),
})
const modelParameters = {
  model: model.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().min(1).nullish(),
}
export const newMessage = z
  .object({
    content: wordedText(),
    metadata: jsonObject.nullish(),
    parent_id: idField<MessageId>().nullish(),
    sibling_of: idField<MessageId>().nullish().meta({ description: 'The question that this one is another form of' }),
    ...modelParameters,
  })
  .meta({ example: { content: 'How many days of holiday do I have?' } })
export const regeneration = z
  .object({
    ...modelParameters,
    continue: z.boolean().optional().meta({ description: 'Goes on from where this answer was cancelled or failed' }),
  })
  .nullish()
  .meta({ example: { temperature: 0.5 } })
export const attempt = z.object({ attempt: z.int(), content: z.string(), reason: z.string(), ended_at: time })
export const messageList = z.object({
  messages: z.array(message),
  has_more: z.boolean().meta({ description: 'There is more in the direction of the page; with `around` in either' }),
  has_older: z.boolean().optional().meta({ description: 'With `path=active`' }),
  has_newer: z.boolean().optional().meta({ description: 'With `path=active`' }),
})
export const messagePage = z.object({
  limit: queryInteger({ min: 1, max: 200 }).default(50),
  before: z.string().optional().meta({ description: 'Id of a message: older ones, exclusive' }),
  after: z.string().optional().meta({ description: 'Id of a message: newer ones, exclusive' }),
  path: z
    .literal('active')
    .optional()
    .meta({ description: 'Only the path that ends at `leaf_id`, or the one through the message that is named' }),
  around: z.string().optional().meta({ description: 'With `path=active`: id of a message, shown with its neighbours' }),
})

export const confirmation = z.object({ message: z.string() })
export const nothing = z.null().meta({ description: 'No content' })
const fieldError = z.object({
  type: z.string(),
  loc: z.array(z.union([z.string(), z.int()])),
  msg: z.string(),
  input: z.unknown().optional(),
  ctx: jsonObject.optional(),
})
export const validationProblem = z
  .object({ detail: z.array(fieldError), code: z.string(), request_id: z.string() })
  .meta({ description: 'Validation Error' })
export const problem = z.object({ detail: z.string(), code: z.string(), request_id: z.string() })

/** The refusals that any route of this dialect may answer with. */
export const refusals = { 401: problem, 403: problem, 404: problem, 422: validationProblem }
