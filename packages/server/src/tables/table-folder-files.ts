import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../database/database.ts'
import { type ProjectId, parseId } from '../ids.ts'
import { syncFolder } from '../ingestion/files/file-folder-store.ts'
import { isThere, listFolder } from '../ingestion/files/temporary-folder.ts'
import type { TableDataId } from './data-table.ts'
import type { TableFiles } from './table-files.ts'
import { listTableDataIds } from './table-store.ts'

/** `tables/<project>/<data id>` in the data folder, which belongs to one process. */
export function createFolderTableFiles({ db, root }: { readonly db: Database; readonly root: string }): TableFiles {
  /** Put by transactions that are not known to have ended. */
  const underWay = new Set<string>()
  const folderOf = (projectId: ProjectId) => join(root, projectId)
  const clean = async (projectId: ProjectId) => {
    const folder = folderOf(projectId)
    // Before the rows are read: what is not under way here and has no row then belongs to nothing.
    const settled = (await listFolder(folder)).filter((name) => !underWay.has(name))
    if (settled.length === 0) return
    const known = new Set<string>(await listTableDataIds(db.query, projectId))
    for (const name of settled) if (!known.has(name)) await rm(join(folder, name), { force: true })
  }
  return {
    put: async (_tx, { projectId, dataId }, path) => {
      const folder = folderOf(projectId)
      const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined
      await syncFile(path)
      underWay.add(dataId)
      await rename(path, join(folder, dataId))
      await syncFolder(folder)
      if (isNew) await syncFolder(root)
    },
    materialize: async ({ projectId, dataId }) => {
      const path = join(folderOf(projectId), dataId)
      return (await isThere(path)) ? { path, [Symbol.asyncDispose]: async () => undefined } : undefined
    },
    clean: async (projectId, written: readonly TableDataId[] = []) => {
      for (const dataId of written) underWay.delete(dataId)
      await clean(projectId)
    },
    discardProject: (projectId) => rm(folderOf(projectId), { recursive: true, force: true }),
    sweep: async () => {
      for (const name of await listFolder(root)) {
        const projectId = parseId<ProjectId>(name)
        if (projectId !== undefined) await clean(projectId)
      }
    },
  }
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}
