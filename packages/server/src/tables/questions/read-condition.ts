import type { DataTable, TableColumn } from '../data-table.ts'
import type { Piece } from './question-piece.ts'
import type { Operator } from './question-words.ts'
import { type Condition, isNumeric, isText, isTime, onlyTime } from './table-query.ts'

interface Found {
  readonly condition: Condition
  readonly length: number
}

/** A condition that begins at a piece; `undefined` when none does, `unclear` when one does that cannot be read. */
export function readCondition(pieces: readonly Piece[], at: number, table: DataTable): Found | 'unclear' | undefined {
  const piece = pieces[at]
  if (piece?.type === 'column') return afterColumn(pieces, at, piece.column)
  if (piece?.type === 'value') return ofValue(pieces, at, piece)
  if (piece?.type === 'number' && isYear(piece.value)) return ofYear(table, piece.value, pieces[at + 1])
  const isNot = isMeaning(piece, 'not')
  const next = isNot ? pieces[at + 1] : piece
  const skipped = isNot ? 1 : 0
  if (isNot && next?.type === 'value') return equals(next.column, next.value, true, 2)
  if (next?.type === 'meaning' && (next.meaning.type === 'compare' || next.meaning.type === 'between')) {
    return beforeColumn(pieces, at, skipped, table)
  }
  return isNot ? 'unclear' : undefined
}

/** "Berlin", "the North region". */
function ofValue(pieces: readonly Piece[], at: number, { column, value }: Extract<Piece, { type: 'value' }>): Found {
  const next = pieces[at + 1]
  return equals(column, value, false, next?.type === 'column' && next.column.name === column.name ? 2 : 1)
}

function isMeaning(piece: Piece | undefined, type: string): boolean {
  return piece?.type === 'meaning' && piece.meaning.type === type
}

function isYear(value: string): boolean {
  return /^(?:19|20)\d{2}$/.test(value)
}

function equals(column: TableColumn, value: string, isNegated: boolean, length: number): Found {
  return { condition: { column, operator: '=', isNegated, values: [value] }, length }
}

/** "in 2023" of the only time there is, or of a column of years. */
function ofYear(table: DataTable, value: string, next: Piece | undefined): Found | 'unclear' | undefined {
  // "the 2000 largest": a number of rows.
  if (isMeaning(next, 'extreme')) return undefined
  const time = onlyTime(table)
  const years = table.columns.filter(({ name }) => name === 'year' || name === 'jahr')
  const [column] = years
  if (time !== undefined && column === undefined) {
    return { condition: { column: time, operator: 'year', isNegated: false, values: [value] }, length: 1 }
  }
  if (column === undefined || time !== undefined || !isNumeric(column)) return 'unclear'
  return equals(column, value, false, 1)
}

/** "price over 100", "city is not Berlin", "price between 5 and 10", "city Berlin", "name contains 'art'". */
function afterColumn(pieces: readonly Piece[], at: number, column: TableColumn): Found | 'unclear' | undefined {
  let next = at + 1
  let isNegated = false
  const isBe = isMeaning(pieces[next], 'be')
  if (isBe) next += 1
  if (isMeaning(pieces[next], 'not')) {
    isNegated = true
    next += 1
  }
  const piece = pieces[next]
  if (isMeaning(piece, 'between')) return between(pieces, next, column, isNegated, next - at)
  if (piece?.type === 'meaning' && piece.meaning.type === 'compare') {
    const { operator } = piece.meaning
    // "price not over 100" is; "revenue from 2023" is a year of something else.
    const value = valueFor(column, operator, pieces, next + 1)
    if (value === undefined) return isTimeAhead(pieces[next + 1], column) ? undefined : 'unclear'
    return {
      condition: { column, operator: value.operator, isNegated, values: [value.text] },
      length: next - at + 1 + value.length,
    }
  }
  if (piece?.type === 'value' && piece.column.name === column.name)
    return equals(column, piece.value, isNegated, next - at + 1)
  if (piece?.type === 'text' && isText(column)) return equals(column, piece.value, isNegated, next - at + 1)
  if (
    piece?.type === 'number' &&
    isNumeric(column) &&
    !isYear(piece.value) &&
    !isMeaning(pieces[next + 1], 'extreme')
  ) {
    return equals(column, piece.value, isNegated, next - at + 1)
  }
  if (piece?.type === 'number' && isTime(column) && isYear(piece.value)) {
    return { condition: { column, operator: 'year', isNegated, values: [piece.value] }, length: next - at + 1 }
  }
  if (piece?.type === 'date' && isTime(column)) return equals(column, piece.value, isNegated, next - at + 1)
  if (isBe && isText(column) && piece?.type === 'unknown') {
    const value = unknownWords(pieces, next, '=')
    if (value === undefined) return 'unclear'
    return { condition: { column, operator: '=', isNegated, values: [value.text] }, length: next - at + value.length }
  }
  return isNegated ? 'unclear' : undefined
}

function isTimeAhead(piece: Piece | undefined, column: TableColumn): boolean {
  return !isTime(column) && (piece?.type === 'date' || (piece?.type === 'number' && isYear(piece.value)))
}

function between(
  pieces: readonly Piece[],
  at: number,
  column: TableColumn,
  isNegated: boolean,
  skipped: number,
): Found | 'unclear' {
  const low = plainValue(column, pieces[at + 1])
  const high = plainValue(column, pieces[at + 3])
  if (low === undefined || high === undefined || !isMeaning(pieces[at + 2], 'and')) return 'unclear'
  const values = isTime(column) ? [firstDay(low), lastDay(high)] : [low, high]
  return { condition: { column, operator: 'between', isNegated, values }, length: skipped + 4 }
}

/** "since 2022", "before 1.3.2024", "between 2020 and 2022": of the only time there is. */
function beforeColumn(pieces: readonly Piece[], at: number, skipped: number, table: DataTable): Found | 'unclear' {
  const start = at + skipped
  const piece = pieces[start]
  const time = onlyTime(table)
  if (time === undefined || piece?.type !== 'meaning') return 'unclear'
  if (piece.meaning.type === 'between') {
    return isTimeValue(pieces[start + 1]) ? between(pieces, start, time, skipped > 0, skipped) : 'unclear'
  }
  if (piece.meaning.type !== 'compare' || !isTimeValue(pieces[start + 1])) return 'unclear'
  const value = valueFor(time, piece.meaning.operator, pieces, start + 1)
  if (value === undefined) return 'unclear'
  const condition: Condition = { column: time, operator: value.operator, isNegated: skipped > 0, values: [value.text] }
  return { condition, length: skipped + 1 + value.length }
}

function isTimeValue(piece: Piece | undefined): boolean {
  return piece?.type === 'date' || (piece?.type === 'number' && isYear(piece.value))
}

interface Value {
  readonly text: string
  readonly operator: Condition['operator']
  readonly length: number
}

function valueFor(column: TableColumn, operator: Operator, pieces: readonly Piece[], at: number): Value | undefined {
  const piece = pieces[at]
  if (isTime(column)) {
    const text = plainValue(column, piece)
    if (text === undefined || operator === 'contains' || operator === 'starts') return undefined
    return timeValue(text, operator)
  }
  if (isNumeric(column)) {
    if (piece?.type !== 'number' || operator === 'contains' || operator === 'starts') return undefined
    return { text: piece.value, operator, length: 1 }
  }
  if (!isText(column) || !['=', '<>', 'contains', 'starts'].includes(operator)) return undefined
  if (piece?.type === 'text') return { text: piece.value, operator, length: 1 }
  if (piece?.type === 'value' && piece.column.name === column.name) return { text: piece.value, operator, length: 1 }
  return unknownWords(pieces, at, operator)
}

/** What is no word of this table's can only be the value that was spoken of. */
function unknownWords(pieces: readonly Piece[], at: number, operator: Operator): Value | undefined {
  const words: string[] = []
  for (let next = at; next < pieces.length; next++) {
    const piece = pieces[next]
    if (piece?.type === 'unknown') words.push(piece.text)
    else break
  }
  return words.length === 0 || words.length > 4 ? undefined : { text: words.join(' '), operator, length: words.length }
}

/** A year stands for its first or last day, whichever the comparison means. */
function timeValue(text: string, operator: Operator): Value {
  if (!isYear(text)) return { text, operator, length: 1 }
  if (operator === '=') return { text, operator: 'year', length: 1 }
  const isLast = operator === '>' || operator === '<='
  return { text: isLast ? lastDay(text) : firstDay(text), operator, length: 1 }
}

function firstDay(text: string): string {
  return isYear(text) ? `${text}-01-01` : text
}

function lastDay(text: string): string {
  return isYear(text) ? `${text}-12-31` : text
}

function plainValue(column: TableColumn, piece: Piece | undefined): string | undefined {
  if (piece?.type === 'number' && isNumeric(column)) return piece.value
  if (piece?.type === 'number' && isTime(column) && isYear(piece.value)) return piece.value
  return piece?.type === 'date' && isTime(column) ? piece.value : undefined
}
