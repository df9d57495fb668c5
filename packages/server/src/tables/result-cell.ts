import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell } from './data-table.ts'

/** A longer text says no more. */
const maxCellCharacters = 10_000

/** A value as JSON has it: numbers as long as none of their digits is lost, times as ISO 8601, all else as DuckDB writes it. */
export function toCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string') return shorten(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue) {
    const text = value.toString()
    return text.replace(/\D/g, '').length <= 15 ? Number(text) : text
  }
  if (value instanceof DuckDBDateValue) return value.toString()
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampTZValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
    return value.toString().replace(' ', 'T')
  return shorten(String(value))
}

function shorten(text: string): string {
  const kept = text.length > maxCellCharacters ? `${text.slice(0, maxCellCharacters)}…` : text
  // Neither the log nor PostgreSQL holds these.
  return kept.replaceAll('\0', '\uFFFD').toWellFormed()
}
