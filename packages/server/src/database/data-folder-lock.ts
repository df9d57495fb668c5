import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DataFolderLock {
  /** Tells other processes (the command line) where this one can be reached. */
  announce(url: string): void
  [Symbol.dispose](): void
}

export interface FolderOwner {
  readonly pid: number
  readonly url: string | undefined
}

/**
 * One process per SQLite folder. The lock is an operating-system file lock held by an open SQLite transaction, so it
 * ends with the process, also after kill -9; `server.json` beside it only says who holds it.
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const connection = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: 0 })
  try {
    connection.exec('pragma locking_mode = exclusive; begin exclusive; create table if not exists lock (held integer);')
  } catch (error) {
    connection.close()
    const owner = readFolderOwner(dataDir)
    const who = owner === undefined ? 'another process' : `the process with pid ${owner.pid}`
    throw new Error(
      `The data folder ${dataDir} is in use by ${who}. Stop it, or set QUORY_DATA_DIR to another folder.`,
      {
        cause: error,
      },
    )
  }
  const path = join(dataDir, 'server.json')
  const write = (owner: { pid: number; url?: string }) => writeFileSync(path, JSON.stringify(owner), { mode: 0o600 })
  write({ pid: process.pid })
  return {
    announce: (url) => write({ pid: process.pid, url }),
    [Symbol.dispose]() {
      rmSync(path, { force: true })
      connection.close()
    },
  }
}

/** Who holds the folder, as far as its note says; `undefined` when nobody does or the note cannot be read. */
export function readFolderOwner(dataDir: string): FolderOwner | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))
    if (typeof note !== 'object' || note === null || !('pid' in note) || typeof note.pid !== 'number') return undefined
    return { pid: note.pid, url: 'url' in note && typeof note.url === 'string' ? note.url : undefined }
  } catch {
    return undefined
  }
}
