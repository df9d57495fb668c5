import { z } from 'zod'
import { citation, messageParams } from './schemas.ts'

const id = z.string().meta({ example: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b' })

export const citationParams = messageParams.extend({
  citation_id: z.string().meta({ description: '`id` of a citation of the message', example: '1' }),
})
const quotePlace = z
  .object({
    page: z.int().nullable(),
    row_start: z.int().nullable(),
    row_end: z.int().nullable(),
    heading_path: z.array(z.string()).readonly(),
    start: z.int(),
    end: z.int(),
  })
  .meta({ description: 'Where the same quote stands now; null when the new version does not say it' })
export const citationDetail = z.object({
  citation,
  before: z
    .string()
    .nullable()
    .meta({ description: 'Up to 300 characters before the quote; null once the text is gone' }),
  after: z.string().nullable(),
  source_state: z.enum(['current', 'changed', 'deleted']).meta({
    description: 'Whether the document still is the one that was quoted. The quote itself never changes',
  }),
  changed_at: z.string().nullable().meta({ format: 'date-time', description: 'When the newer version was read' }),
  newer: z.object({ document_id: id, place: quotePlace.nullable() }).nullable(),
  url: z.string().nullable().meta({
    description:
      'Opens the original, at its source where it has an address there, else the copy kept here; at the page where it has one. Null once it is gone',
    example:
      '/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3',
  }),
})
