import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { quoteName, quoteText } from './column-sql.ts'
import { type Cell, type ColumnStatistics, isNumberType, isOrderedType } from './data-table.ts'
import { readAll } from './import-database.ts'
import { ImportFailure } from './import-order.ts'
import { toCell } from './result-cell.ts'

const topValues = 10
/** More different values than this are not counted one by one. */
const maxCounted = 10_000
/** Of more rows than this, different values are estimated. */
const maxCountedRows = 100_000
const sampleRows = 20
const shownCharacters = 200
export interface DescribedColumn {
  readonly name: string
  readonly type: string
  readonly statistics: ColumnStatistics
}

/**
 * Columns, types and statistics of a Parquet file, and its first rows; `unknown` names the columns of which not all
 * statistics could be made.
 */
export async function describeColumns(connection: DuckDBConnection, path: string) {
  const rows = `read_parquet(${quoteText(path)})`
  const types = (await readAll(connection, `describe select * from ${rows}`)).map(([name, type]) => ({
    name: String(name),
    type: String(type),
  }))
  const [[total] = []] = await readAll(connection, `select count(*) from ${rows}`)
  const rowCount = Number(total)
  const isSmall = rowCount <= maxCountedRows
  const figures = types.flatMap(({ name, type }) => {
    const column = quoteName(name)
    const isOrdered = isOrderedType(type)
    return [
      `count(${column})`,
      // The estimate is a third off for a handful of values.
      isSmall ? `count(distinct ${column})` : `approx_count_distinct(${column})`,
      isOrdered ? `min(${column})` : 'null',
      isOrdered ? `max(${column})` : 'null',
      isNumberType(type) ? `avg(${column})::double` : 'null',
    ]
  })
  const values = await readFigures(connection, rows, figures)
  const columns: DescribedColumn[] = []
  const unknown: string[] = []
  for (const [index, column] of types.entries()) {
    const [count, distinct, min, max, mean] = values.slice(index * 5, 5 + index * 5)
    if (count === undefined) throw new ImportFailure(`Column “${column.name}” cannot be read.`)
    const known = distinct === undefined ? null : Math.min(Number(distinct), Number(count))
    const top = known === null || known > maxCounted ? [] : await readTop(connection, rows, column.name)
    if ([distinct, min, max, mean, top].includes(undefined)) unknown.push(column.name)
    columns.push({
      ...column,
      statistics: {
        count: Number(count),
        nulls: rowCount - Number(count),
        distinct: known,
        min: shownCell(min),
        max: shownCell(max),
        mean: typeof mean === 'number' && Number.isFinite(mean) ? mean : null,
        top: top ?? [],
      },
    })
  }
  const sample = (await readAll(connection, `select * from ${rows} limit ${sampleRows}`)).map((row) =>
    row.map(shownCell),
  )
  return { rowCount, columns, sample, unknown }
}

/**
 * All figures by one statement; when it fails, by halves of it, until those that cannot be made stand alone and are
 * undefined: the sum of huge numbers overflows, and too many different values take too much memory.
 */
async function readFigures(
  connection: DuckDBConnection,
  rows: string,
  figures: readonly string[],
): Promise<readonly (DuckDBValue | undefined)[]> {
  const values = await tryAll(connection, `select ${figures.join(', ')} from ${rows}`)
  if (values !== undefined) return values[0] ?? []
  if (figures.length === 1) return [undefined]
  const half = Math.ceil(figures.length / 2)
  return [
    ...(await readFigures(connection, rows, figures.slice(0, half))),
    ...(await readFigures(connection, rows, figures.slice(half))),
  ]
}

async function readTop(
  connection: DuckDBConnection,
  rows: string,
  name: string,
): Promise<ColumnStatistics['top'] | undefined> {
  const column = quoteName(name)
  const top = await tryAll(
    connection,
    `select ${column}, count(*) from ${rows} where ${column} is not null
     group by 1 order by 2 desc, ${column}::varchar limit ${topValues}`,
  )
  return top?.map(([value, count]) => ({ value: shownCell(value), count: Number(count) }))
}

/** Undefined when it fails: DuckDB throws plain errors, and a figure is worth no table. */
async function tryAll(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][] | undefined> {
  try {
    return await readAll(connection, sql)
  } catch {
    return undefined
  }
}

/** Short enough to be kept and shown. */
function shownCell(value: DuckDBValue | undefined): Cell {
  const cell = toCell(value ?? null)
  if (typeof cell !== 'string' || cell.length <= shownCharacters) return cell
  return `${cell.slice(0, shownCharacters).toWellFormed()}…`
}
