import { type DataTable, isNumberType, isTimeType, type TableColumn } from '../data-table.ts'
import type { Aggregate, Direction, Operator } from './question-words.ts'

export interface Condition {
  readonly column: TableColumn
  readonly operator: Operator | 'between' | 'year' | 'null'
  readonly isNegated: boolean
  /** Numbers and dates as SQL writes them, texts as they are. */
  readonly values: readonly string[]
}

export interface Grouping {
  readonly column: TableColumn
  readonly part: 'year' | 'month' | undefined
}

export interface Measure {
  readonly aggregate: Aggregate
  /** Undefined: rows are counted. */
  readonly column: TableColumn | undefined
  readonly isDistinct: boolean
}

interface Common {
  readonly table: DataTable
  readonly conditions: readonly Condition[]
  readonly language: 'en' | 'de'
}

/** What a question asks of one table. */
export type TableQuestion = Common &
  (
    | { readonly type: 'measure'; readonly measure: Measure; readonly groups: readonly Grouping[] }
    /** Groups in the order of a measure, the first of them. */
    | {
        readonly type: 'ranking'
        readonly measure: Measure
        readonly group: Grouping
        readonly direction: Direction
        readonly limit: number
      }
    /** Whole rows in the order of a column, the first of them. */
    | { readonly type: 'rows'; readonly column: TableColumn; readonly direction: Direction; readonly limit: number }
    /** The rows where a column is at its end, all of them. */
    | {
        readonly type: 'extreme'
        readonly shown: TableColumn | undefined
        readonly column: TableColumn
        readonly direction: Direction
      }
  )

export function isNumeric({ type }: TableColumn): boolean {
  return isNumberType(type)
}

export function isTime({ type }: TableColumn): boolean {
  return isTimeType(type)
}

export function isText({ type }: TableColumn): boolean {
  return type === 'VARCHAR'
}

/** The one column of dates or times; `undefined` when there are more or none. */
export function onlyTime({ columns }: DataTable): TableColumn | undefined {
  const times = columns.filter(isTime)
  return times.length === 1 ? times[0] : undefined
}
