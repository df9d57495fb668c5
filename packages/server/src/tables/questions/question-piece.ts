import type { TableColumn } from '../data-table.ts'
import type { Meaning } from './question-words.ts'

/** A piece of a question as one table understands it. */
export type Piece =
  | { readonly type: 'meaning'; readonly meaning: Meaning; readonly text: string }
  | { readonly type: 'table' }
  | { readonly type: 'column'; readonly column: TableColumn }
  | { readonly type: 'value'; readonly column: TableColumn; readonly value: string }
  | { readonly type: 'number'; readonly value: string }
  | { readonly type: 'date'; readonly value: string }
  | { readonly type: 'text'; readonly value: string }
  /** A word that means nothing here; it can only be a value. */
  | { readonly type: 'unknown'; readonly text: string }
