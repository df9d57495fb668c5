import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, SqliteAdapter } from 'kysely'
import { isInBackground } from './background.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { WalSync } from './wal-sync.ts'

/** More distinct statements than the server has; dynamic lists (`in (?, ?)`) push out the least recently prepared. */
const maxPreparedStatements = 500

interface Prepared {
  readonly statement: StatementSync
  readonly hasRows: boolean
  readonly mayWrite: boolean
}

/** After so many others, what waits in the background has its turn. */
const passesAtMost = 8

/** The one connection: whoever holds it works alone, the others wait in turn, and background work behind them. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #checkpoints: Checkpoints
  readonly #prepared = new Map<string, Prepared>()
  readonly #waiting: (() => void)[] = []
  readonly #inBackground: (() => void)[] = []
  #passes = 0
  #isHeld = false
  /** Whether its holder may have written. */
  hasWritten = false

  constructor(database: DatabaseSync, checkpoints: Checkpoints) {
    this.#database = database
    this.#checkpoints = checkpoints
  }

  hold(): Promise<void> | undefined {
    if (this.#isHeld) {
      const line = isInBackground() ? this.#inBackground : this.#waiting
      return new Promise((resolve) => line.push(resolve))
    }
    this.#isHeld = true
    return undefined
  }

  release(): void {
    if (this.hasWritten) this.#checkpoints.wrote(this.#database)
    this.hasWritten = false
    const next = this.#takeNext()
    if (next === undefined) this.#isHeld = false
    else next()
  }

  #takeNext(): (() => void) | undefined {
    const isPassed = this.#inBackground.length > 0 && this.#waiting.length > 0 && this.#passes < passesAtMost
    this.#passes = isPassed ? this.#passes + 1 : 0
    return isPassed || this.#inBackground.length === 0 ? this.#waiting.shift() : this.#inBackground.shift()
  }

  /** SQLite itself rolls back after some failures, such as a full disk; a second time would hide the first error. */
  rollback(): void {
    if (this.#database.isTransaction) this.#run('rollback', [])
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.#run<R>(sql, parameters)
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    const { statement } = this.#prepare(sql)
    // What a row holds is the caller's to say, in SQL and in its type.
    for (const row of statement.iterate(...(parameters as SQLInputValue[]))) yield { rows: [row as R] }
  }

  close(): void {
    this.#database.close()
  }

  #run<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const { statement, hasRows, mayWrite } = this.#prepare(sql)
    if (mayWrite) this.hasWritten = true
    // Kysely's callers give what SQLite takes; node:sqlite refuses the rest.
    const values = parameters as SQLInputValue[]
    if (hasRows) return { rows: statement.all(...values) as R[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    const mayWrite = !/^\s*(select|pragma|begin|commit|rollback)\b/i.test(sql)
    const prepared = { statement, hasRows: statement.columns().length > 0, mayWrite }
    // A pragma takes effect when it is prepared, so a kept one would do nothing.
    if (sql.startsWith('pragma')) return prepared
    this.#prepared.set(sql, prepared)
    const oldest = this.#prepared.size > maxPreparedStatements ? this.#prepared.keys().next().value : undefined
    if (oldest !== undefined) this.#prepared.delete(oldest)
    return prepared
  }
}

/**
 * Gives the connection on as soon as a commit is written, and says that it is done only when it is on the disk. Reads
 * wait likewise for what they may have seen, so nothing leaves the database that a power cut could take.
 */
export class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection
  readonly #wal: WalSync
  readonly #waitsForDisk: boolean

  constructor(connection: SqliteConnection, wal: WalSync, { waitsForDisk }: { waitsForDisk: boolean }) {
    this.#connection = connection
    this.#wal = wal
    this.#waitsForDisk = waitsForDisk
  }

  async init(): Promise<void> {
    // Opened already.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#connection.hold()
    try {
      this.#wal.requireHealthy()
    } catch (error) {
      this.#connection.release()
      throw error
    }
    return this.#connection
  }

  async releaseConnection(): Promise<void> {
    if (this.#waitsForDisk && this.#connection.hasWritten) this.#wal.wrote()
    this.#connection.release()
    if (this.#waitsForDisk) await this.#wal.settled()
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection.rollback()
  }

  async destroy(): Promise<void> {
    // The connection is its opener's to close.
  }
}

/** Waiting in turn for the one connection is the driver's, so Kysely need not do it again. */
export class SharedConnectionAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}
