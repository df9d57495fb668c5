import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
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
  if (isEndless(value)) return String(withEndlessTimes(value))
  if (value instanceof DuckDBDateValue) return value.toString()
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampTZValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
    return value.toString().replace(' ', 'T')
  return shorten(String(withEndlessTimes(value)))
}

type EndlessTime =
  | DuckDBDateValue
  | DuckDBTimestampSecondsValue
  | DuckDBTimestampMillisecondsValue
  | DuckDBTimestampNanosecondsValue

/** The client writes these as the dates that their numbers would be, of the year 5881580 for instance. */
function isEndless(value: DuckDBValue): value is EndlessTime {
  return (
    (value instanceof DuckDBDateValue ||
      value instanceof DuckDBTimestampSecondsValue ||
      value instanceof DuckDBTimestampMillisecondsValue ||
      value instanceof DuckDBTimestampNanosecondsValue) &&
    !value.isFinite
  )
}

/** With endless times, within lists and the like too, as the one kind of them that is written `infinity`. */
function withEndlessTimes(value: DuckDBValue): DuckDBValue {
  if (isEndless(value)) return isNegative(value) ? DuckDBTimestampValue.NegInf : DuckDBTimestampValue.PosInf
  if (value instanceof DuckDBListValue) return new DuckDBListValue(value.items.map(withEndlessTimes))
  if (value instanceof DuckDBStructValue) {
    const entries = Object.entries(value.entries).map(([name, each]) => [name, withEndlessTimes(each)] as const)
    return new DuckDBStructValue(Object.fromEntries(entries))
  }
  if (value instanceof DuckDBMapValue) {
    return new DuckDBMapValue(
      value.entries.map((entry) => ({ key: withEndlessTimes(entry.key), value: withEndlessTimes(entry.value) })),
    )
  }
  return value
}

function isNegative(value: EndlessTime): boolean {
  if (value instanceof DuckDBDateValue) return value.days < 0
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds < 0
  return value instanceof DuckDBTimestampMillisecondsValue ? value.millis < 0 : value.nanos < 0
}

function shorten(text: string): string {
  const kept = text.length > maxCellCharacters ? `${text.slice(0, maxCellCharacters)}…` : text
  // Neither the log nor PostgreSQL holds these.
  return kept.replaceAll('\0', '\uFFFD').toWellFormed()
}
