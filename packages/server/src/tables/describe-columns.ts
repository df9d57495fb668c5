import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { quoteName, quoteText } from './column-sql.ts'
import type { Cell, ColumnStatistics } from './data-table.ts'
import { readAll } from './import-database.ts'
import { toCell } from './result-cell.ts'

const topValues = 10
/** More different values than this are not counted one by one. */
const maxCounted = 10_000
/** Of more rows than this, different values are estimated. */
const maxCountedRows = 100_000
const sampleRows = 20
const shownCharacters = 200
const numeric = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL)/
const ordered = /^(?:DATE|TIME|BOOLEAN|VARCHAR|UUID)/

export interface DescribedColumn {
  readonly name: string
  readonly type: string
  readonly statistics: ColumnStatistics
}

/** Columns, types and statistics of a Parquet file, and its first rows. */
export async function describeColumns(connection: DuckDBConnection, path: string) {
  const rows = `read_parquet(${quoteText(path)})`
  const types = (await readAll(connection, `describe select * from ${rows}`)).map(([name, type]) => ({
    name: String(name),
    type: String(type),
  }))
  const [[total] = []] = await readAll(connection, `select count(*) from ${rows}`)
  const rowCount = Number(total)
  const isSmall = rowCount <= maxCountedRows
  const counts = types.map(({ name, type }) => {
    const column = quoteName(name)
    const isOrdered = numeric.test(type) || ordered.test(type)
    return [
      `count(${column})`,
      // The estimate is a third off for a handful of values.
      isSmall ? `count(distinct ${column})` : `approx_count_distinct(${column})`,
      isOrdered ? `min(${column})` : 'null',
      isOrdered ? `max(${column})` : 'null',
      numeric.test(type) ? `avg(${column})::double` : 'null',
    ].join(', ')
  })
  const [values = []] = await readAll(connection, `select ${counts.join(', ')} from ${rows}`)
  const columns: DescribedColumn[] = []
  for (const [index, column] of types.entries()) {
    const [count, distinct, min, max, mean] = values.slice(index * 5, 5 + index * 5)
    const known = Math.min(Number(distinct), Number(count))
    columns.push({
      ...column,
      statistics: {
        count: Number(count),
        nulls: rowCount - Number(count),
        distinct: known,
        min: shownCell(min),
        max: shownCell(max),
        mean: typeof mean === 'number' && Number.isFinite(mean) ? mean : null,
        top: known === 0 || known > maxCounted ? [] : await readTop(connection, rows, column.name),
      },
    })
  }
  const sample = (await readAll(connection, `select * from ${rows} limit ${sampleRows}`)).map((row) =>
    row.map(shownCell),
  )
  return { rowCount, columns, sample }
}

async function readTop(connection: DuckDBConnection, rows: string, name: string): Promise<ColumnStatistics['top']> {
  const column = quoteName(name)
  const top = await readAll(
    connection,
    `select ${column}, count(*) from ${rows} where ${column} is not null
     group by 1 order by 2 desc, ${column}::varchar limit ${topValues}`,
  )
  return top.map(([value, count]) => ({ value: shownCell(value), count: Number(count) }))
}

/** Short enough to be kept and shown. */
function shownCell(value: DuckDBValue | undefined): Cell {
  const cell = toCell(value ?? null)
  if (typeof cell !== 'string' || cell.length <= shownCharacters) return cell
  return `${cell.slice(0, shownCharacters).toWellFormed()}…`
}
