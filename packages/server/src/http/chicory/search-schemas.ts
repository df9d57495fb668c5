import { z } from 'zod'
import { queryInteger, text, wordedText } from '../fields.ts'
import { projectParams } from './schemas.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })
const maxQueryLength = 10_000

const maxFilterIds = 100
const filterIds = z
  .array(text({ max: 100 }))
  .min(1)
  .max(maxFilterIds)
const filterTime = z.iso.datetime({ offset: true }).meta({ example: '2026-11-01T00:00:00Z' })
const pageNumber = z.int().min(1).max(1_000_000)
const searchFilter = z
  .object({
    data_source_ids: filterIds.optional(),
    document_ids: filterIds.optional(),
    media_types: z
      .array(text({ min: 1, max: 200 }))
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Whole types, `application/pdf`, or first halves, `text`' }),
    stored_from: filterTime.optional().meta({ description: 'Documents stored at this time or later' }),
    stored_before: filterTime.optional(),
    pages: z
      .object({ first: pageNumber, last: pageNumber })
      .optional()
      .meta({ description: 'Both included; what has no pages is left out' }),
  })
  .meta({ example: { media_types: ['application/pdf'], pages: { first: 1, last: 10 } } })

export const search = z
  .object({
    query: wordedText({ max: maxQueryLength }).meta({
      description: 'What stands in quotation marks must stand in a passage word by word',
    }),
    limit: z.int().min(1).max(100).default(10),
    offset: z.int().min(0).max(900).default(0),
    filter: searchFilter.optional(),
  })
  .meta({ example: { query: 'days of holiday', limit: 5 } })

const codePoint = { first: 'First Unicode code point in the document text', last: 'One past the last' }
const componentScore = z.number().nullable()
const reason = z.string().nullable().meta({ description: 'Why it was skipped' })
export const searchDetails = z.object({
  words: z
    .object({ index: z.enum(['postings', 'pg_textsearch']), segments: z.int(), ms: z.number() })
    .meta({ description: 'Which index was searched for the words, in how many pieces, and how long it took' }),
  vectors: z
    .object({
      state: z.enum(['searched', 'skipped']),
      model: z.string().nullable(),
      index: z.enum(['exact', 'lists', 'pgvector']).nullable(),
      reason,
    })
    .nullable()
    .meta({ description: 'Search by vectors; null when no embedding model is configured' }),
  rerank: z
    .object({ state: z.enum(['reranked', 'skipped']), model: z.string().nullable(), reason })
    .nullable()
    .meta({ description: 'Null when no reranker is configured' }),
})
export const foundPassages = z.object({
  passages: z.array(
    z.object({
      document_id: id,
      data_source_id: id,
      document_name: z.string().meta({ example: 'handbook.pdf' }),
      page: z.int().nullable(),
      sheet: z.string().nullable(),
      row_start: z.int().nullable(),
      row_end: z.int().nullable(),
      heading_path: z.array(z.string()).readonly(),
      start: z.int().meta({ description: codePoint.first }),
      end: z.int().meta({ description: codePoint.last }),
      text: z.string(),
      score: z.number(),
      scores: z
        .object({ bm25: componentScore, vector: componentScore, fused: componentScore, rerank: componentScore })
        .meta({ description: 'By part of the search; null where it was not among the best of that part' }),
    }),
  ),
  details: searchDetails,
})

export const documentParams = projectParams.extend({ document_id: z.string().meta({ example: exampleId }) })
export const document = z.object({
  id,
  name: z.string().meta({ example: 'handbook.pdf' }),
  media_type: z.string().meta({ example: 'application/pdf' }),
  language: z.string().meta({ example: 'en' }),
  length: z.int().meta({ description: 'Unicode code points of the text' }),
  data_source_id: id,
  created_at: time,
})

const maxOffset = 2_000_000_000
export const textRange = z.object({
  start: queryInteger({ min: 0, max: maxOffset }).default(0),
  end: queryInteger({ min: 0, max: maxOffset }).optional(),
})
export const documentText = z.object({
  document_id: id,
  start: z.int().meta({ description: codePoint.first }),
  end: z.int().meta({ description: codePoint.last }),
  text: z.string(),
})
