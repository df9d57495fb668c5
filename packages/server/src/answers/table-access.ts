import type { TableCitation } from './citations/citation.ts'

/** A table of the project as a model gets to know it. */
export interface KnownTable {
  readonly name: string
  readonly fileName: string
  readonly sheet: string | null
  readonly rowCount: number
  readonly columns: readonly KnownColumn[]
}

export interface KnownColumn {
  readonly name: string
  /** As the file calls it. */
  readonly label: string
  readonly type: string
  readonly unit: string | null
  /** A few of its values. */
  readonly examples: readonly string[]
}

/** A result as it is cited, but for its number. `rows` are all that were asked for; a citation keeps the first. */
export type TableResult = Omit<TableCitation, 'id' | 'number'>

/** What a question is to the project's tables, without a model. */
export type AskedTables =
  | { readonly type: 'answer'; readonly text: string; readonly result: TableResult }
  /** Plainly about them, but not so that one thing alone can be meant: in words. */
  | { readonly type: 'unsure'; readonly text: string }
  | { readonly type: 'no' }

/** The tables of the project that a question is asked of. */
export interface TableAccess {
  list(): Promise<readonly KnownTable[]>
  /** Rows, or in words why there are none. */
  query(sql: string, maxRows: number): Promise<TableResult | { readonly refusal: string }>
  ask(question: string): Promise<AskedTables>
}

/** For a project without any. */
export const noTables: TableAccess = {
  list: async () => [],
  query: async () => ({ refusal: 'This project has no tables.' }),
  ask: async () => ({ type: 'no' }),
}
