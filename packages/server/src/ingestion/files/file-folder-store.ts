import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../database/database.ts'
import { type FileId, type ProjectId, parseId } from '../../ids.ts'
import { listKnownIds } from '../known-id-store.ts'
import type { FileRef } from '../source-file.ts'
import type { FileStore } from './file-store.ts'
import { isMissing, isThere, listFolder, type TemporaryFolder } from './temporary-folder.ts'

interface FolderStoreOptions {
  readonly db: Database
  readonly temporary: TemporaryFolder
  readonly root: string
}

/**
 * `files/<project>/<file>` in the data folder. The bytes and the name are on disk before the row is committed, and go
 * after the row is deleted; so a crash between the two leaves a file without a row, never a row without a file.
 */
export function createFolderFileStore({ db, temporary, root }: FolderStoreOptions): FileStore {
  const folderOf = (projectId: ProjectId) => join(root, projectId)
  const pathOf = ({ projectId, fileId }: FileRef) => join(folderOf(projectId), fileId)
  const discard = (file: FileRef) => rm(pathOf(file), { force: true })
  const move = async (projectId: ProjectId, paths: ReadonlyMap<FileId, string>) => {
    const folder = folderOf(projectId)
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined
    for (const [fileId, path] of paths) await rename(path, pathOf({ projectId, fileId }))
    await syncFolder(folder)
    if (isNew) await syncFolder(root)
  }
  return {
    temporary,
    bring: async (projectId, paths) => {
      try {
        await move(projectId, paths)
        return true
      } catch (error) {
        // The folder went with its project: the transaction will say so.
        if (isMissing(error)) return false
        throw error
      }
    },
    putNew: async (_tx, projectId, paths, isBrought) => {
      if (!isBrought && paths.size > 0) await move(projectId, paths)
    },
    put: (_tx, { projectId, fileId }, { path }) => move(projectId, new Map([[fileId, path]])),
    open: async (file, range) => {
      const handle = await openFile(pathOf(file))
      return handle?.createReadStream(range === undefined ? {} : { start: range.start, end: range.end })
    },
    materialize: async (file) => {
      const path = pathOf(file)
      return (await isThere(path)) ? { path, [Symbol.asyncDispose]: async () => undefined } : undefined
    },
    remove: async () => undefined,
    discard,
    // Again when a file arrived meanwhile, which the transaction of its row refuses.
    discardProject: (projectId) => rm(folderOf(projectId), { recursive: true, force: true, maxRetries: 5 }),
    sweep: async () => {
      // The folder's lock makes every temporary file ours, so what is there at start is a dead process's.
      await temporary.sweep(0)
      for (const name of await listFolder(root)) await sweepProject(db, join(root, name), name)
    },
  }
}

/** A rename is durable when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function openFile(path: string) {
  try {
    return await open(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function sweepProject(db: Database, folder: string, name: string): Promise<void> {
  const projectId = parseId<ProjectId>(name)
  if (projectId === undefined) return
  const ids = (await listFolder(folder)).flatMap((file) => parseId<FileId>(file) ?? [])
  const known = await listKnownIds(db.query, 'source_files', { projectId, ids })
  if (known.size === 0) return await rm(folder, { recursive: true, force: true })
  for (const id of ids) if (!known.has(id)) await rm(join(folder, id), { force: true })
}
