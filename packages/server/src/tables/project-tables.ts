import { join } from 'node:path'
import type { Database } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'
import { refuseStatement, sqlWords } from './check-statement.ts'
import { quoteName } from './column-sql.ts'
import { type DataTable, QueryRefused, type QueryResult } from './data-table.ts'
import { QueryPool } from './query-pool.ts'
import { type HeldFile, TableCache } from './table-cache.ts'
import type { TableFiles } from './table-files.ts'
import { listTables } from './table-store.ts'

interface TablesOptions {
  readonly db: Database
  readonly files: TableFiles
  readonly dataDir: string
  readonly node: string
  readonly timeoutMs?: number
}

interface TableQuery {
  readonly projectId: ProjectId
  readonly sql: string
  readonly maxRows: number
  readonly signal: AbortSignal
}

/** A result with the tables that it may rest on: every one that the statement names. */
export interface TableAnswer extends QueryResult {
  readonly tables: readonly DataTable[]
}

/** Of one query, in DuckDB's own count. */
const memoryMb = 512
const timeoutMs = 10_000
const maxResultBytes = 4_000_000
const concurrentQueries = 3
const idleMs = 60_000
const cacheBytes = 2_000_000_000
/** More than this in one statement nobody means. */
const maxTablesAtOnce = 100

/** Asks a project's tables with SQL. Nothing is loaded, and no process started, before the first question. */
export class ProjectTables {
  readonly #db: Database
  readonly #files: TableFiles
  readonly #cache: TableCache
  readonly #pool: QueryPool
  readonly #timeoutMs: number
  #opened: Promise<void> | undefined

  constructor({ db, files, dataDir, node, timeoutMs: limit = timeoutMs }: TablesOptions) {
    this.#db = db
    this.#files = files
    this.#timeoutMs = limit
    this.#cache = new TableCache({ parent: join(dataDir, 'table-cache'), name: node, maxBytes: cacheBytes })
    this.#pool = new QueryPool({ folder: this.#cache.folder, size: concurrentQueries, idleMs })
  }

  /** Processes that wait for queries or run them. */
  get pids(): readonly number[] {
    return this.#pool.pids
  }

  /** A `QueryRefused` says in words what is wrong with the statement, or why it was stopped. */
  async query({ projectId, sql, maxRows, signal }: TableQuery): Promise<TableAnswer> {
    const refusal = refuseStatement(sql)
    if (refusal !== undefined) throw new QueryRefused(refusal)
    const tables = await listTables(this.#db.query, projectId)
    const named = chooseTables(sql, tables)
    const result = await this.#run(projectId, sql, named, { maxRows, signal })
    return { ...result, tables: named }
  }

  async readRows(
    { projectId, ...table }: DataTable,
    { offset, limit, signal }: { offset: number; limit: number; signal: AbortSignal },
  ): Promise<QueryResult> {
    const sql = `select * from ${quoteName(table.name)} limit ${limit} offset ${offset}`
    return await this.#run(projectId, sql, [{ projectId, ...table }], { maxRows: limit, signal })
  }

  async #run(
    projectId: ProjectId,
    sql: string,
    tables: readonly DataTable[],
    { maxRows, signal }: { maxRows: number; signal: AbortSignal },
  ): Promise<QueryResult> {
    this.#opened ??= this.#cache.open()
    await this.#opened
    using held = new DisposableStack()
    const open: { name: string; file: string }[] = []
    for (const table of tables) {
      const { name, dataId } = table
      const origin = { materialize: () => this.#files.materialize(table) }
      const file: HeldFile | undefined = await this.#cache.hold(dataId, origin)
      // Replaced or deleted since it was listed.
      if (file === undefined) throw new QueryRefused(`The table ${name} has just been replaced or deleted; ask again.`)
      held.use(file)
      open.push({ name, file: file.file })
    }
    const limits = { memoryMb, timeoutMs: this.#timeoutMs, maxRows, maxBytes: maxResultBytes }
    return await this.#pool.query({ owner: projectId, tables: open, sql, limits, signal })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
    if (this.#opened !== undefined) await this.#cache[Symbol.asyncDispose]()
  }
}

/** Those that the statement names, or all when it asks which there are. */
function chooseTables(sql: string, tables: readonly DataTable[]): readonly DataTable[] {
  const words = new Set(sqlWords(sql))
  const named = tables.filter(({ name }) => words.has(name))
  const asksWhich = words.has('show') || words.has('information_schema') || words.has('duckdb_tables')
  const chosen = named.length === 0 && asksWhich ? tables : named
  if (chosen.length > maxTablesAtOnce)
    throw new QueryRefused(`The statement names more than ${maxTablesAtOnce} tables.`)
  return chosen
}
