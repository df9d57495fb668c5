import type { DataTable, TableColumn } from '../data-table.ts'
import type { Piece } from './question-piece.ts'
import type { Aggregate, Direction } from './question-words.ts'
import { readCondition } from './read-condition.ts'
import {
  type Condition,
  type Grouping,
  isNumeric,
  isText,
  isTime,
  type Measure,
  onlyTime,
  type TableQuestion,
} from './table-query.ts'

/** What has been understood so far. */
interface Reading {
  aggregate: Aggregate | undefined
  /** `highest`, `latest`. */
  extreme: Direction | undefined
  most: Direction | undefined
  top: { direction: Direction; limit: number } | undefined
  isDistinct: boolean
  isWhich: boolean
  /** In their order; what each is for shows at the end. */
  readonly columns: TableColumn[]
  readonly groups: Grouping[]
  readonly conditions: Condition[]
  /** `by` before a column in a ranking says what is ranked by. */
  ranked: TableColumn | undefined
}

const maxRows = 100

/** The pieces of a question as one thing to compute of a table; `undefined` as soon as anything is left open. */
export function readQuestion(
  pieces: readonly Piece[],
  table: DataTable,
  language: 'en' | 'de',
): TableQuestion | undefined {
  const reading: Reading = {
    aggregate: undefined,
    extreme: undefined,
    most: undefined,
    top: undefined,
    isDistinct: false,
    isWhich: false,
    columns: [],
    groups: [],
    conditions: [],
    ranked: undefined,
  }
  const telling = withoutFillers(pieces)
  for (let at = 0; at < telling.length; ) {
    const condition = readCondition(telling, at, table)
    if (condition === 'unclear') return undefined
    if (condition !== undefined) {
      reading.conditions.push(condition.condition)
      at += condition.length
      continue
    }
    const length = readPiece(reading, telling, at, table)
    if (length === undefined) return undefined
    at += length
  }
  return conclude(reading, table, language)
}

/** "is" tells something only behind a column. */
function withoutFillers(pieces: readonly Piece[]): Piece[] {
  const telling: Piece[] = []
  for (const piece of pieces) {
    const type = piece.type === 'meaning' ? piece.meaning.type : undefined
    if (type === 'filler' || (type === 'be' && telling.at(-1)?.type !== 'column')) continue
    telling.push(piece)
  }
  return telling
}

/** How many pieces were understood from here on; `undefined` for none. */
function readPiece(reading: Reading, pieces: readonly Piece[], at: number, table: DataTable): number | undefined {
  const piece = pieces[at]
  if (piece?.type === 'table') return 1
  if (piece?.type === 'column') {
    reading.columns.push(piece.column)
    return 1
  }
  if (piece?.type === 'number') return readLimit(reading, pieces, at)
  if (piece?.type !== 'meaning') return undefined
  const { meaning } = piece
  switch (meaning.type) {
    case 'aggregate':
      if (reading.aggregate !== undefined) return undefined
      reading.aggregate = meaning.aggregate
      return 1
    case 'extreme':
      if (reading.extreme !== undefined || reading.most !== undefined) return undefined
      reading.extreme = meaning.direction
      return 1
    case 'most':
      if (reading.extreme !== undefined || reading.most !== undefined) return undefined
      reading.most = meaning.direction
      return 1
    case 'top':
      return readTop(reading, pieces, at, meaning.direction)
    case 'distinct':
      reading.isDistinct = true
      return 1
    case 'which':
      reading.isWhich = true
      return 1
    case 'and':
    case 'be':
      return 1
    case 'group':
      return readGroup(reading, pieces, at, table)
    default:
      return undefined
  }
}

function readTop(reading: Reading, pieces: readonly Piece[], at: number, direction: Direction): number | undefined {
  const next = pieces[at + 1]
  const limit = next?.type === 'number' ? toLimit(next.value) : undefined
  if (limit === undefined || reading.top !== undefined) return undefined
  reading.top = { direction, limit }
  return 2
}

/** `the 5 largest …`. */
function readLimit(reading: Reading, pieces: readonly Piece[], at: number): number | undefined {
  const [piece, next] = [pieces[at], pieces[at + 1]]
  if (piece?.type !== 'number' || next?.type !== 'meaning' || next.meaning.type !== 'extreme') return undefined
  const limit = toLimit(piece.value)
  if (limit === undefined || reading.top !== undefined) return undefined
  reading.top = { direction: next.meaning.direction, limit }
  return 2
}

function toLimit(value: string): number | undefined {
  const limit = Number(value)
  return Number.isInteger(limit) && limit >= 1 && limit <= maxRows ? limit : undefined
}

function readGroup(reading: Reading, pieces: readonly Piece[], at: number, table: DataTable): number | undefined {
  const next = pieces[at + 1]
  if (next?.type === 'meaning' && next.meaning.type === 'part') {
    const column = onlyTime(table)
    if (column === undefined) return undefined
    reading.groups.push({ column, part: next.meaning.part })
    return 2
  }
  if (next?.type === 'column') {
    // "top 5 products by revenue": what is ranked by. "revenue by city": what is grouped by.
    if (reading.top !== undefined && isNumeric(next.column)) {
      if (reading.ranked !== undefined) return undefined
      reading.ranked = next.column
    } else reading.groups.push({ column: next.column, part: undefined })
    return 2
  }
  // "by total revenue", "nach Anzahl": what follows says itself what it is.
  if (reading.top !== undefined && next?.type === 'meaning' && next.meaning.type === 'aggregate') return 1
  return undefined
}

function conclude(reading: Reading, table: DataTable, language: 'en' | 'de'): TableQuestion | undefined {
  const { conditions } = reading
  // One value is one of them at a time: "Berlin and Munich" means either.
  const equal = conditions.filter(({ operator, isNegated }) => !isNegated && (operator === '=' || operator === 'year'))
  if (new Set(equal.map(({ column }) => column.name)).size < equal.length) return undefined
  const common = { table, conditions, language }
  if (reading.top !== undefined) return concludeTop(reading, common)
  if (reading.most !== undefined) return concludeMost(reading, common, reading.most)
  if (reading.extreme !== undefined) return concludeExtreme(reading, common, reading.extreme)
  return concludeMeasure(reading, common)
}

type Shared = Pick<TableQuestion, 'table' | 'conditions' | 'language'>

function concludeMeasure(reading: Reading, common: Shared): TableQuestion | undefined {
  const { aggregate, columns, groups, isDistinct, isWhich } = reading
  if (aggregate === undefined || isWhich || columns.length > 1) return undefined
  const [column] = columns
  if (aggregate === 'count') {
    // "How many cities": of a column only when it is said to be of different values.
    if (isDistinct !== (column !== undefined)) return undefined
    return { ...common, type: 'measure', groups, measure: { aggregate, column, isDistinct } }
  }
  if (column === undefined || isDistinct || !fits(aggregate, column)) return undefined
  return { ...common, type: 'measure', groups, measure: { aggregate, column, isDistinct: false } }
}

function fits(aggregate: Aggregate, column: TableColumn): boolean {
  return isNumeric(column) || (isTime(column) && (aggregate === 'min' || aggregate === 'max'))
}

/** "Top 5 products by price": rows. "Top 3 cities by revenue": groups, when a city stands in many rows. */
function concludeTop(reading: Reading, common: Shared): TableQuestion | undefined {
  const { top, aggregate, columns, groups, isDistinct, ranked } = reading
  if (top === undefined || isDistinct || groups.length > 0 || reading.most !== undefined) return undefined
  const numbers = columns.filter((column) => !isText(column))
  const texts = columns.filter(isText)
  const by = ranked ?? numbers[0]
  if (texts.length > 1 || numbers.length + (ranked === undefined ? 0 : 1) > 1) return undefined
  const [entity] = texts
  if (entity === undefined) {
    if (by === undefined || aggregate !== undefined) return undefined
    return { ...common, type: 'rows', column: by, direction: top.direction, limit: top.limit }
  }
  const measure = rankingMeasure(aggregate, by, entity)
  if (measure === undefined) return undefined
  return { ...common, type: 'ranking', measure, group: { column: entity, part: undefined }, ...top }
}

function rankingMeasure(
  aggregate: Aggregate | undefined,
  by: TableColumn | undefined,
  entity: TableColumn,
): Measure | undefined {
  if (aggregate === 'count') return by === undefined ? { aggregate, column: undefined, isDistinct: false } : undefined
  if (by === undefined) return undefined
  if (aggregate !== undefined) return fits(aggregate, by) ? { aggregate, column: by, isDistinct: false } : undefined
  // Each stands in one row only, so that a sum of one is the value itself; otherwise a total is what is ranked by.
  return isNumeric(by) && entity.statistics.count > 0 ? { aggregate: 'sum', column: by, isDistinct: false } : undefined
}

/** "Which city has the most orders": groups by their number of rows. */
function concludeMost(reading: Reading, common: Shared, direction: Direction): TableQuestion | undefined {
  const { aggregate, columns, groups, isWhich } = reading
  const [group, ...others] = columns
  if (!isWhich || group === undefined || others.length > 0 || aggregate !== undefined || groups.length > 0)
    return undefined
  const measure: Measure = { aggregate: 'count', column: undefined, isDistinct: false }
  return { ...common, type: 'ranking', measure, group: { column: group, part: undefined }, direction, limit: 1 }
}

/** "The highest price": a maximum. "Which product has the highest price": the rows where it is reached. */
function concludeExtreme(reading: Reading, common: Shared, direction: Direction): TableQuestion | undefined {
  const { aggregate, columns, groups, isWhich, isDistinct } = reading
  if (isDistinct) return undefined
  const [first, second] = columns
  if (columns.length === 1 && first !== undefined && (isNumeric(first) || isTime(first)) && aggregate === undefined) {
    if (isWhich)
      return groups.length > 0 ? undefined : { ...common, type: 'extreme', shown: undefined, column: first, direction }
    const measure: Measure = { aggregate: direction === 'desc' ? 'max' : 'min', column: first, isDistinct: false }
    return { ...common, type: 'measure', groups, measure }
  }
  if (columns.length !== 2 || first === undefined || second === undefined || groups.length > 0) return undefined
  if (!isWhich || (!isNumeric(second) && !isTime(second))) return undefined
  if (aggregate !== undefined) {
    if (aggregate === 'count' || !fits(aggregate, second)) return undefined
    const measure: Measure = { aggregate, column: second, isDistinct: false }
    return { ...common, type: 'ranking', measure, group: { column: first, part: undefined }, direction, limit: 1 }
  }
  // A city with many rows may have the highest of them or the highest total: nobody knows which is meant.
  if ((first.statistics.distinct ?? 0) < first.statistics.count * 0.95) return undefined
  return { ...common, type: 'extreme', shown: first, column: second, direction }
}
