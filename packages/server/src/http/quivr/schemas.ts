import { z } from 'zod'
import { unpagedCap } from '../../database/page.ts'
import type { ChatId, MessageId, ProjectId, PromptId } from '../../ids.ts'
import { jsonObject, queryInteger } from '../fields.ts'
import { looseInteger, looseNumber, looseText, optionalUuid, uuid, uuidOrNull } from './fields.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
export const id = z.string().meta({ format: 'uuid', example: exampleId })
/** UTC without a zone, always six digits of fraction. */
export const time = z.string().meta({ example: '2026-11-22T20:13:48.123000' })

export const chatParams = z.object({ chat_id: uuid<ChatId>().meta({ example: exampleId }) })
export const messageParams = chatParams.extend({ message_id: uuid<MessageId>().meta({ example: exampleId }) })

/** Published without paging: both optional, and without either everything comes, up to a cap that a header names. */
export const pageQuery = z.object({
  limit: queryInteger({ min: 1, max: unpagedCap }).optional(),
  cursor: z.string().optional().meta({ description: 'X-Next-Cursor of the page before' }),
})

export const chat = z.object({
  chat_id: id,
  user_id: id,
  creation_time: time,
  chat_name: z.string().meta({ example: 'How many days' }),
})
export const newChat = z.object({ name: looseText() }).meta({ example: { name: 'How many days' } })
export const chatChange = z.object({ chat_name: looseText().nullish() }).meta({ example: { chat_name: 'Holidays' } })

export const temperature = looseNumber({ min: 0, max: 2 })
export const maxTokens = looseInteger({ min: 1 })
export const modelName = looseText({ max: 200 })

export const question = z
  .object({
    question: looseText(),
    model: modelName.nullish(),
    temperature: temperature.nullish(),
    max_tokens: maxTokens.nullish(),
    brain_id: uuidOrNull<ProjectId>().optional(),
    prompt_id: optionalUuid<PromptId>(),
  })
  .meta({ example: { question: 'How many days of holiday do I have?' } })
export const questionQuery = z.object({ brain_id: uuidOrNull<ProjectId>().optional() })
export const questionHeaders = z.object({
  'openai-api-key': z
    .string()
    .optional()
    .meta({ description: "The caller's own OpenAI key: used for this answer only" }),
})
export const answeredQuestion = z
  .object({ question: looseText(), answer: looseText() })
  .meta({ example: { question: 'What is this?', answer: 'A server for conversations.' } })
export const thumbsChange = z.object({ thumbs: z.boolean().nullable() }).meta({ example: { thumbs: true } })

const passageCitation = z.object({
  type: z.literal('passage'),
  id: z.string().meta({ example: '1' }),
  number: z.int().meta({ example: 1 }),
  project_id: id,
  data_source_id: id,
  document_id: id,
  document_name: z.string(),
  passage: z.int(),
  page: z.int().nullable(),
  sheet: z.string().nullable(),
  row_start: z.int().nullable(),
  row_end: z.int().nullable(),
  file_id: id,
  content_hash: z.string(),
  url: z.string().nullable(),
  content_url: z.string(),
  heading_path: z.array(z.string()).readonly(),
  start: z.int(),
  end: z.int(),
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
  sql: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).readonly(),
  rows: z.array(z.array(cell).readonly()).readonly(),
  row_count: z.int(),
  truncated: z.boolean(),
  data_version: z.string(),
})
const citation = z.union([passageCitation, tableCitation])
const source = z.object({
  name: z.string().meta({ example: 'handbook.pdf' }),
  type: z.literal('file'),
  source_url: z.string(),
  original_file_name: z.string(),
  document_id: id,
})
const metadata = z.object({
  status: z.enum(['queued', 'processing', 'completed', 'failed', 'cancelled']),
  model: z.string().nullable(),
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int() }).nullable(),
  sources: z.array(source),
  citations: z.array(citation).readonly(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})

/** One question with its answer. */
export const record = z.object({
  chat_id: id,
  message_id: id,
  user_message: z.string().meta({ example: 'How many days of holiday do I have?' }),
  assistant: z.string().meta({ example: 'Thirty days. [1]' }),
  message_time: time,
  prompt_title: z.string().nullable(),
  brain_name: z.string().nullable(),
  brain_id: id.nullable(),
  metadata: metadata.nullable(),
  thumbs: z.boolean().nullable(),
})
export const messageItem = record.extend({ item_type: z.literal('MESSAGE'), body: record })

export const confirmation = z.object({ message: z.string() })
export const status = z.object({ status: z.string().meta({ example: 'ok' }) })
const fieldError = z.object({
  type: z.string(),
  loc: z.array(z.union([z.string(), z.int()])),
  msg: z.string(),
  input: z.unknown().optional(),
  ctx: jsonObject.optional(),
})
const validationProblem = z
  .object({
    detail: z.array(fieldError),
    status_code: z.literal(422),
    message: z.string(),
    data: z.null(),
    code: z.string(),
    request_id: z.string(),
  })
  .meta({ description: 'Validation Error' })
export const problem = z.object({ detail: z.string(), code: z.string(), request_id: z.string() })

/** The refusals that any route of this dialect may answer with. */
export const refusals = { 401: problem, 403: problem, 404: problem, 422: validationProblem }
export const questionRefusals = { ...refusals, 429: problem, 502: problem, 503: problem }
