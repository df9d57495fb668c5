import { collapseSpaces } from './clean-text.ts'

/** `header: value; header: value`, so that a row can be understood, found and quoted alone. */
export function describeRow(header: readonly string[] | null, cells: readonly string[]): string {
  if (header === null) return cells.filter((cell) => cell !== '').join(' | ')
  const pairs = cells.map((cell, column) => {
    const name = header[column] ?? ''
    return cell === '' ? '' : name === '' ? cell : `${name}: ${cell}`
  })
  return pairs.filter((pair) => pair !== '').join('; ')
}

const numeric = /^[\s\p{Sc}+\-−(]*\d[\d\s.,/:%)'’-]*\p{Sc}?$/u

export function isNumeric(cell: string): boolean {
  return numeric.test(cell)
}

/** Whether a first row names columns: at least two, every one named, none twice, none a number. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const names = cells.map(collapseSpaces)
  return (
    names.length >= 2 &&
    names.every((name) => name !== '' && name.length <= 100 && !isNumeric(name)) &&
    new Set(names).size === names.length
  )
}

/** For tables that may as well have no header: only when a column of words stands above a column of numbers. */
export function clearlyHasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows
  if (first === undefined || rest.length === 0 || !looksLikeHeader(first)) return false
  return first.some((_, column) => {
    const values = rest.map((row) => row[column] ?? '').filter((cell) => cell !== '')
    return values.length > 0 && values.filter(isNumeric).length > values.length / 2
  })
}

/** The rows of a table within a text, which may have a header or not. */
export function describeRows(rows: readonly (readonly string[])[]): string[] {
  const filled = rows.filter((row) => row.some((cell) => cell !== ''))
  const [first, ...rest] = filled
  if (first === undefined) return []
  const header = clearlyHasHeader(filled) ? first : null
  return [describeRow(null, first), ...rest.map((row) => describeRow(header, row))]
}
