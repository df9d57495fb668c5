import { access, type FileHandle, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { newId } from '../../ids.ts'

/** A file or folder on this machine's disk for as long as it is used. */
export interface LocalFile {
  readonly path: string
  [Symbol.asyncDispose](): Promise<void>
}

/** Files under way, on the same file system as the data folder so that a rename moves them. Names are ours only. */
export interface TemporaryFolder {
  /** Writes a stream to a new file; removes it again when the stream fails. */
  write(content: AsyncIterable<Uint8Array>): Promise<LocalFile>
  /** A path for somebody else to write to, a file or a folder; there is nothing yet. */
  reserve(): Promise<LocalFile>
  /** A new, empty folder for programs that make several files. */
  makeFolder(): Promise<LocalFile>
  /** Removes what nobody has written to for this long. */
  sweep(olderThanMs: number): Promise<void>
  /** Waits for what is being written and removed: a process that left before would leave it behind. */
  [Symbol.asyncDispose](): Promise<void>
}

interface TemporaryOptions {
  /** Whether a file that was written is on the disk, and not only with the system: it may become an original. */
  readonly isSynced: boolean
}

export function createTemporaryFolder(folder: string, { isSynced }: TemporaryOptions): TemporaryFolder {
  const underWay = new Set<Promise<unknown>>()
  const track = async <Result>(work: Promise<Result>): Promise<Result> => {
    underWay.add(work)
    try {
      return await work
    } finally {
      underWay.delete(work)
    }
  }
  const localFile = (path: string): LocalFile => ({
    path,
    [Symbol.asyncDispose]: () => track(rm(path, { recursive: true, force: true })),
  })
  const reserve = async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return localFile(join(folder, newId()))
  }
  return {
    reserve,
    write: async (content) => {
      const path = join(folder, newId())
      const handle = await track(openNew(path))
      const file = { path, [Symbol.asyncDispose]: () => track(removeFile(path)) }
      try {
        await track(pipeline(content, handle.createWriteStream({ flush: isSynced })))
      } catch (error) {
        await file[Symbol.asyncDispose]()
        throw error
      }
      return file
    },
    makeFolder: async () => {
      const path = join(folder, newId())
      await mkdir(path, { recursive: true, mode: 0o700 })
      return localFile(path)
    },
    sweep: async (olderThanMs) => {
      for (const name of await listFolder(folder)) {
        const path = join(folder, name)
        const { mtimeMs } = await stat(path)
        if (Date.now() - mtimeMs >= olderThanMs) await rm(path, { recursive: true, force: true })
      }
    },
    [Symbol.asyncDispose]: async () => {
      while (underWay.size > 0) {
        await Promise.allSettled(underWay)
        // Whoever waited for a write removes its file now.
        await setImmediate()
      }
    },
  }
}

/** Makes its folder when that is not there. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    if (!isMissing(error)) throw error
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return await open(path, 'wx', 0o600)
  }
}

/** Unless it was moved away. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
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

export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
