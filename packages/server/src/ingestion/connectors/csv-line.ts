import type { Row } from './databricks-rows.ts'

/** RFC 4180. A null is an empty field; an empty text is a quoted one, so that the two can be told apart. */
export function csvLine(row: Row): string {
  return `${row.map(csvField).join(',')}\r\n`
}

function csvField(value: string | null): string {
  if (value === null) return ''
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
