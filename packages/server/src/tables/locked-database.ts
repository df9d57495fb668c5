import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api'
import { quoteName, quoteText } from './column-sql.ts'
import { QueryRefused, type QueryResult } from './data-table.ts'
import type { OpenTable, QueryLimits, QueryOrder } from './query-order.ts'
import { toCell } from './result-cell.ts'

/**
 * One statement in a database of its own, in memory: the tables are views of their Parquet files, which are the only
 * files that it may open, and nothing of that can be changed from within. Runs in a process of its own.
 */
export async function queryLocked({ tables, sql, limits }: QueryOrder): Promise<QueryResult> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memoryMb}MB`,
    threads: '2',
    // Nothing is written to the disk: what does not fit into memory is refused.
    temp_directory: '',
    max_temp_directory_size: '0KB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    allow_persistent_secrets: 'false',
  })
  try {
    const connection = await instance.connect()
    try {
      await lock(connection, tables)
      return await run(connection, sql, limits)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

async function lock(connection: DuckDBConnection, tables: readonly OpenTable[]): Promise<void> {
  for (const { name, file } of tables) {
    await connection.run(`create view ${quoteName(name)} as select * from read_parquet(${quoteText(file)})`)
  }
  const files = tables.map(({ file }) => quoteText(file)).join(', ')
  await connection.run(`set allowed_paths = [${files}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
}

async function run(connection: DuckDBConnection, sql: string, limits: QueryLimits): Promise<QueryResult> {
  const timer = setTimeout(() => connection.interrupt(), limits.timeoutMs)
  try {
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) throw new QueryRefused('One statement at a time, please: there are several.')
    const statement = await statements.prepare(0)
    if (statement.statementType !== StatementType.SELECT) {
      throw new QueryRefused('Only statements that read are allowed: SELECT, WITH, VALUES, DESCRIBE, SUMMARIZE.')
    }
    if (statement.parameterCount > 0) throw new QueryRefused('The statement has parameters; write the values into it.')
    return await readRows(await statement.stream(), limits)
  } finally {
    clearTimeout(timer)
  }
}

type Streamed = Awaited<ReturnType<Awaited<ReturnType<DuckDBConnection['prepare']>>['stream']>>

async function readRows(result: Streamed, { maxRows, maxBytes }: QueryLimits): Promise<QueryResult> {
  const types = result.columnTypes()
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }))
  const rows: QueryResult['rows'][number][] = []
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, isTruncated: false }
    for (const values of chunk.getRows()) {
      const row = values.map(toCell)
      bytes += JSON.stringify(row).length
      if (rows.length === maxRows || bytes > maxBytes) return { columns, rows, isTruncated: true }
      rows.push(row)
    }
  }
}
