import type { QueryResult } from './data-table.ts'

/** What a query process may use: nothing else on the machine is open to it. */
export interface QueryLimits {
  readonly memoryMb: number
  readonly timeoutMs: number
  readonly maxRows: number
  /** Of the result as JSON, about. */
  readonly maxBytes: number
}

export interface OpenTable {
  readonly name: string
  /** A Parquet file in the process's working folder. */
  readonly file: string
}

export interface QueryOrder {
  readonly tables: readonly OpenTable[]
  readonly sql: string
  readonly limits: QueryLimits
}

export type QueryAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: QueryResult }
  /** In DuckDB's words, or ours: for whoever wrote the statement. */
  | { readonly type: 'refused'; readonly message: string }
