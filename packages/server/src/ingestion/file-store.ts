import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config.ts'
import type { Database, Tx } from '../database/database.ts'
import { newId, type ProjectId, type SourceId } from '../ids.ts'

/** The upload a source was made from. */
export interface FileRef {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
}

/** Both ends inclusive, as HTTP counts them. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A file on this machine's disk for as long as it is used. */
export interface LocalFile {
  readonly path: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Where uploads are kept: the data folder beside SQLite, or PostgreSQL, which every node reads. A row never stands
 * without its file; a file without its row can only be left by a crash, and the next `sweep` removes it.
 */
export interface FileStore {
  /** Takes a finished temporary file over, within the transaction that stores its source. */
  put(tx: Tx, file: FileRef, temporaryPath: string): Promise<void>
  /** `undefined` when it is gone. */
  open(file: FileRef, range?: ByteRange): Promise<Readable | undefined>
  /** For programs that need a path. `undefined` when it is gone. */
  materialize(file: FileRef): Promise<LocalFile | undefined>
  /** Takes a file out, within the transaction that deletes its source. */
  remove(tx: Tx, file: FileRef): Promise<void>
  /** After that transaction, or after one that put a file and failed: frees what no transaction governs. */
  discard(file: FileRef): Promise<void>
  /** After a project was deleted. */
  discardProject(projectId: ProjectId): Promise<void>
  /** At start: removes what a crash left behind. */
  sweep(): Promise<void>
  readonly temporary: TemporaryFolder
}

export async function openFileStore(db: Database, { dataDir }: Pick<Config, 'dataDir'>): Promise<FileStore> {
  const temporary = createTemporaryFolder(join(dataDir, 'tmp'))
  if (db.engine === 'postgres') {
    return (await import('./file-chunk-store.ts')).createChunkFileStore({ db, temporary })
  }
  return (await import('./file-folder-store.ts')).createFolderFileStore({ db, temporary, root: join(dataDir, 'files') })
}

/** Files under way, on the same file system as the data folder so that a rename moves them. Names are ours only. */
export interface TemporaryFolder {
  /** Writes a stream to a new file, synced to disk; removes it again when the stream fails. */
  write(content: Readable): Promise<LocalFile>
  /** Removes files that nobody has written to for this long. */
  sweep(olderThanMs: number): Promise<void>
}

function createTemporaryFolder(folder: string): TemporaryFolder {
  return {
    write: async (content) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, newId())
      const remove = () => rm(path, { force: true })
      try {
        // `flush` syncs the bytes to disk before the file is closed.
        await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
      } catch (error) {
        await remove()
        throw error
      }
      return { path, [Symbol.asyncDispose]: remove }
    },
    sweep: async (olderThanMs) => {
      for (const name of await listFolder(folder)) {
        const path = join(folder, name)
        const { mtimeMs } = await stat(path)
        if (Date.now() - mtimeMs >= olderThanMs) await rm(path, { force: true })
      }
    },
  }
}

/** Nothing when there is no such folder. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
