import type { Cell, TableColumn } from './data-table.ts'

export type TableFormat = 'csv' | 'xlsx' | 'parquet'

export interface ImportOrder {
  readonly path: string
  readonly fileName: string
  readonly format: TableFormat
  /** Empty, and the process's working folder: what it makes goes there. */
  readonly folder: string
  readonly memoryMb: number
}

/** A table as it came out of a file; its rows are a Parquet file in the order's folder. */
export interface ImportedTable {
  readonly file: string
  /** What its name is made of. */
  readonly title: string
  readonly sheet: string | null
  readonly rowCount: number
  readonly size: number
  readonly contentHash: string
  readonly columns: readonly TableColumn[]
  readonly sample: readonly (readonly Cell[])[]
}

export type ImportAnswer =
  | {
      readonly type: 'imported'
      readonly tables: readonly ImportedTable[]
      /** The first rows as CSV, of a format that only DuckDB reads. */
      readonly textFile: string | null
      /** What was left out or guessed, one sentence each. */
      readonly warnings: readonly string[]
    }
  | { readonly type: 'failed'; readonly message: string }

/** Why a file gives no table, in words for the person who uploaded it. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure'
}
