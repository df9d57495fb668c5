import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, type LimitNode, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { Checkpoints } from './checkpoints.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'
import { SharedConnectionAdapter, SqliteConnection, SqliteDriver } from './sqlite-driver.ts'
import { WalSync } from './wal-sync.ts'

/**
 * 128 MB, which the log is only as long while writes never pause. The commit that fills it waits for the disk on the event
 * loop, some tens of milliseconds. The log of running answers touches one page per answer and window, always the same
 * ones: rare checkpoints write each of them once instead of each time.
 */
const checkpointPages = 32_000

export function sqlitePath(dataDir: string): string {
  return join(dataDir, 'quory.db')
}

/**
 * One file in the data folder: WAL, foreign keys on. A commit writes the log and gives the connection on; `WalSync` then
 * brings it to the disk beside the event loop, before the caller hears of it. SQLite itself syncs (`normal`) the log
 * before a checkpoint and the database after it, so the log is never used again before what it held is safe. While much
 * is written, and when it pauses, `Checkpoints` takes that off the event loop.
 */
export function openSqlite(dataDir: string): Database {
  makeFolder(dataDir)
  const path = sqlitePath(dataDir)
  const database = openFile(path)
  const wal = new WalSync(`${path}-wal`)
  syncFolder(dataDir)
  const checkpoints = new Checkpoints(path)
  const connection = new SqliteConnection(database, checkpoints)
  const query = openQueries(connection, wal, true)
  const unsyncedQuery = openQueries(connection, wal, false)
  return {
    engine: 'sqlite',
    query,
    unsyncedQuery,
    [Symbol.asyncDispose]: async () => {
      await query.destroy()
      await unsyncedQuery.destroy()
      await checkpoints[Symbol.asyncDispose]()
      await wal.close().finally(() => connection.close())
    },
  }
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { open: false, enableForeignKeyConstraints: true, timeout: 5_000 })
  try {
    database.open()
    database.exec(`pragma journal_mode = wal; pragma synchronous = normal; pragma checkpoint_fullfsync = on;
      pragma cache_size = -16000; pragma wal_autocheckpoint = ${checkpointPages};`)
    // Makes sure that the log is there; while this connection is open nobody removes it.
    database.exec('begin immediate; commit;')
    return database
  } catch (cause) {
    if (database.isOpen) database.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The database ${path} cannot be opened: ${reason}`, { cause })
  }
}

/** SQLite plans a statement anew for every value of a bare `limit ?`, which costs more than running most of ours. */
class PlannedOnceCompiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node)
    this.append(' + 0')
  }
}

function openQueries(connection: SqliteConnection, wal: WalSync, waitsForDisk: boolean): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createDriver: () => new SqliteDriver(connection, wal, { waitsForDisk }),
      createQueryCompiler: () => new PlannedOnceCompiler(),
      createAdapter: () => new SharedConnectionAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  })
}

/** Every new folder's entry in the one above it is on the disk, or a power cut could take the whole database with it. */
function makeFolder(dataDir: string): void {
  const first = mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let folder = resolve(dataDir); folder.length >= resolve(first).length; folder = dirname(folder)) {
    syncFolder(dirname(folder))
  }
}

function syncFolder(folder: string): void {
  // Windows keeps entries by itself and opens no folder.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
