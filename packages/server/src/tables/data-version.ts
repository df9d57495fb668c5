import { createHash } from 'node:crypto'
import type { DataTable } from './data-table.ts'

/** One version for all tables that a result rests on: it changes when the rows or columns of any of them do. */
export function dataVersionOf(tables: readonly Pick<DataTable, 'name' | 'contentHash'>[]): string {
  const [first] = tables
  if (tables.length === 1 && first !== undefined) return first.contentHash
  const hash = createHash('sha256')
  for (const { name, contentHash } of tables) hash.update(`${name} ${contentHash}\n`)
  return hash.digest('hex')
}
