import type { TableResult } from '../table-access.ts'
import type { TableCitation } from './citation.ts'

/** Rows that a citation shows; the statement brings the others again. */
const citedRows = 20

/** The citation of a result, under the number that the model saw it with. */
export function citeTable(number: number, result: TableResult): TableCitation {
  return { ...result, id: String(number), number, rows: result.rows.slice(0, citedRows) }
}
