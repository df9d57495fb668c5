import { looksTyped } from './column-kind.ts'

export interface TableStart {
  /** Which of the first rows names the columns; `undefined` when none does. */
  readonly header: number | undefined
  /** Which is the first with values; titles and remarks may stand above. */
  readonly first: number
}

/** Titles and remarks may stand above the header, but not more rows of them than this. */
export const rowsBeforeTable = 20

/** Where a table begins, by its first rows; cells are trimmed. */
export function findStart(rows: readonly (readonly string[])[]): TableStart {
  const widest = Math.max(0, ...rows.map(countFilled))
  const first = Math.max(
    0,
    rows.findIndex((row) => countFilled(row) >= widest / 2),
  )
  const row = rows[first] ?? []
  return isHeader(row, rows.slice(first + 1)) ? { header: first, first: first + 1 } : { header: undefined, first }
}

function countFilled(row: readonly string[]): number {
  return row.filter((cell) => cell !== '').length
}

/** Names, not values: no cell is a number or time, unless it is a year above figures that are none. */
function isHeader(row: readonly string[], below: readonly (readonly string[])[]): boolean {
  const filled = row.filter((cell) => cell !== '')
  if (filled.length === 0 || filled.some((cell) => cell.length > 200)) return false
  const typed = row.flatMap((cell, index) => (cell !== '' && looksTyped(cell) ? [index] : []))
  if (typed.length === 0) return below.length > 0 || filled.length > 1
  if (typed.length === row.length) return false
  const years = typed.map((index) => row[index] ?? '')
  const areYears = years.every(isYear) && new Set(years).size === years.length
  return areYears && typed.every((index) => below.some((other) => other[index] !== '' && !isYear(other[index] ?? '')))
}

function isYear(cell: string): boolean {
  return /^(?:19|20)\d{2}$/.test(cell)
}
