import { QuoryError } from '../errors.ts'
import type { DocumentId, FileId, Id, ProjectId, SourceId } from '../ids.ts'

export type TableId = Id<'table'>
/** The bytes of one version of a table, as the file store keeps them. */
export type TableDataId = Id<'table-data'>

export interface TableRef {
  readonly projectId: ProjectId
  readonly tableId: TableId
}

/** How a column's values are kept, in DuckDB's words. */
export type ColumnType =
  | 'BOOLEAN'
  | 'BIGINT'
  | `DECIMAL(18,${number})`
  | 'DOUBLE'
  | 'DATE'
  | 'TIMESTAMP'
  | 'TIME'
  | 'VARCHAR'

/** By DuckDB's name of a type; a list of numbers is none. */
export function isNumberType(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(type)
}

export function isTimeType(type: string): boolean {
  return /^(?:DATE|TIMESTAMP(?:_\w+| WITH TIME ZONE)?)$/.test(type)
}

/** Whether a least and a greatest value say something. */
export function isOrderedType(type: string): boolean {
  return (
    isNumberType(type) || isTimeType(type) || /^(?:TIME(?: WITH TIME ZONE)?|INTERVAL|BOOLEAN|VARCHAR|UUID)$/.test(type)
  )
}

/** What a result or a table holds, as JSON: large numbers and everything that JSON has no form for are text. */
export type Cell = string | number | boolean | null

export interface ColumnStatistics {
  /** Values that are not null. */
  readonly count: number
  readonly nulls: number
  /** Approximate from some thousands on; null when it could not be told. */
  readonly distinct: number | null
  readonly min: Cell
  readonly max: Cell
  /** Of numbers only. */
  readonly mean: number | null
  /** The most frequent values, when there are few enough different ones to count them. */
  readonly top: readonly { readonly value: Cell; readonly count: number }[]
}

export interface TableColumn {
  /** An identifier that needs no quotes in SQL. */
  readonly name: string
  /** As the file calls it. */
  readonly label: string
  /** As DuckDB names it. */
  readonly type: string
  /** What stood beside the numbers: `%`, `€`; null for none. */
  readonly unit: string | null
  readonly statistics: ColumnStatistics
}

/** A table of a project: what is known of it without reading its rows. */
export interface DataTable {
  readonly id: TableId
  readonly projectId: ProjectId
  readonly sourceId: SourceId
  readonly documentId: DocumentId
  /** That the document was read from. */
  readonly fileId: FileId
  readonly dataId: TableDataId
  /** An identifier that needs no quotes in SQL; one of its kind in the project. */
  readonly name: string
  readonly fileName: string
  readonly sheet: string | null
  readonly rowCount: number
  /** Bytes of its Parquet file. */
  readonly size: number
  /** Of the rows and columns: the same again means the same answers. */
  readonly contentHash: string
  readonly columns: readonly TableColumn[]
  /** First rows. */
  readonly sample: readonly (readonly Cell[])[]
  readonly createdAt: string
}

export interface ResultColumn {
  readonly name: string
  readonly type: string
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Cell[])[]
  /** There were more rows, or longer ones, than were asked for. */
  readonly isTruncated: boolean
}

/** What is wrong with a query, in words for whoever wrote it. */
export class QueryRefused extends QuoryError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('query_refused', message, options)
  }
}

export function tableNotFound(projectId: string, tableId: string): QuoryError {
  return new QuoryError('table_not_found', `Table with ID ${tableId} not found in project ${projectId}`)
}
