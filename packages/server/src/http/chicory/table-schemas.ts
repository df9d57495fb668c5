import { z } from 'zod'
import { queryInteger, wordedText } from '../fields.ts'
import { projectParams } from './schemas.ts'

const exampleId = '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b'
const id = z.string().meta({ example: exampleId })
const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })
const cell = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .meta({ description: 'Numbers with more digits than JSON keeps, times and everything else are text' })
const rows = z.array(z.array(cell).readonly()).readonly()
const sqlName = z.string().meta({ example: 'prices' })
const sqlType = z.string().meta({ description: "DuckDB's name of the type", example: 'DECIMAL(18,2)' })

const column = z.object({
  name: sqlName.meta({ description: 'To be used in SQL; needs no quotes' }),
  label: z.string().meta({ description: 'As the file calls it', example: 'Unit price' }),
  type: sqlType,
  unit: z.string().nullable().meta({ description: 'What stood beside the numbers', example: '€' }),
})
const summary = {
  id,
  data_source_id: id,
  document_id: id,
  name: sqlName.meta({ description: 'To be used in SQL; needs no quotes, and is unique in the project' }),
  file_name: z.string().meta({ example: 'prices.csv' }),
  sheet: z.string().nullable(),
  row_count: z.int(),
  data_version: z.string().meta({ description: 'Changes when rows or columns do' }),
  created_at: time,
}
export const tableList = z.object({ tables: z.array(z.object({ ...summary, columns: z.array(column).readonly() })) })
const statistics = z.object({
  count: z.int().meta({ description: 'Values that are not null' }),
  nulls: z.int(),
  distinct: z
    .int()
    .nullable()
    .meta({ description: 'Different values; approximate when there are many, null when it could not be told' }),
  min: cell,
  max: cell,
  mean: z.number().nullable().meta({ description: 'Of numbers' }),
  top: z
    .array(z.object({ value: cell, count: z.int() }))
    .readonly()
    .meta({ description: 'Most frequent values' }),
})
export const table = z.object({
  ...summary,
  columns: z.array(column.extend({ statistics })).readonly(),
  sample: rows.meta({ description: 'First rows' }),
})
export const tableParams = projectParams.extend({ table_id: z.string().meta({ example: exampleId }) })
export const rowRange = z.object({
  offset: queryInteger({ min: 0, max: 2_000_000_000 }).default(0),
  limit: queryInteger({ min: 1, max: 1_000 }).default(100),
})
const result = {
  columns: z.array(z.object({ name: z.string(), type: sqlType })).readonly(),
  rows,
  truncated: z.boolean().meta({ description: 'There are more rows than these' }),
}
export const rowPage = z.object(result)
export const tableQuery = z
  .object({
    sql: wordedText({ max: 10_000 }),
    limit: z.int().min(1).max(1_000).default(1_000),
    data_version: z
      .string()
      .max(200)
      .nullish()
      .meta({ description: "A citation's: the answer then says whether the data changed since" }),
  })
  .meta({ example: { sql: 'select region, sum(amount) from sales group by region order by 2 desc' } })
export const queryResult = z.object({
  ...result,
  row_count: z.int().meta({ description: 'Rows in this answer' }),
  tables: z.array(z.object({ id, name: sqlName, data_source_id: id, data_version: z.string() })),
  data_version: z.string().meta({ description: 'Of all these tables together' }),
  changed: z.boolean().nullable().meta({ description: 'Since the data version that was sent; null when none was' }),
})
