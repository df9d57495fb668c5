import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoteText } from './column-sql.ts'

/** A database to make Parquet files with: it may open the files in its folder and one more, and nothing else. */
export async function openImportDatabase(folder: string, memoryMb: number, source: string | undefined) {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    threads: '2',
    temp_directory: `${folder}/spill`,
    max_temp_directory_size: '4GB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  if (source !== undefined) await connection.run(`set allowed_paths = [${quoteText(source)}]`)
  await connection.run(`set allowed_directories = [${quoteText(folder)}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

export async function readAll(connection: DuckDBConnection, sql: string) {
  return (await connection.runAndReadAll(sql)).getRows()
}
