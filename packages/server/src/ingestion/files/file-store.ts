import type { Readable } from 'node:stream'
import type { Tx } from '../../database/database.ts'
import type { FileId, ProjectId } from '../../ids.ts'
import type { FileRef } from '../source-file.ts'
import type { LocalFile, TemporaryFolder } from './temporary-folder.ts'

/** Both ends inclusive, as HTTP counts them. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Where originals are kept, under the id of their file: the data folder beside SQLite, or PostgreSQL, which every node
 * reads. A row never stands without its file; a file without its row can only be left by a crash, and the next `sweep`
 * removes it.
 */
export interface FileStore {
  /**
   * Before that transaction, for temporary files under ids that are new: does what would keep others waiting in it; false
   * when it is left for `putNew`. That follows, or else `discard` for each.
   */
  bring(projectId: ProjectId, paths: ReadonlyMap<FileId, string>): Promise<boolean>
  /** Takes finished temporary files over, within the transaction that stores their rows, which nobody had before. */
  putNew(tx: Tx, projectId: ProjectId, paths: ReadonlyMap<FileId, string>, isBrought: boolean): Promise<void>
  /** Takes one over, within the transaction that stores its row; replaces what is there. */
  put(tx: Tx, file: FileRef, from: Pick<LocalFile, 'path'>): Promise<void>
  /** `undefined` when it is gone. */
  open(file: FileRef, range?: ByteRange): Promise<Readable | undefined>
  /** For programs that need a path. `undefined` when it is gone. */
  materialize(file: FileRef): Promise<LocalFile | undefined>
  /** Takes a file out, within the transaction that deletes its row. */
  remove(tx: Tx, file: FileRef): Promise<void>
  /** After that transaction, or after one that put a file and failed: frees what no transaction governs. */
  discard(file: FileRef): Promise<void>
  /** After a project was deleted. */
  discardProject(projectId: ProjectId): Promise<void>
  /** At start: removes what a crash left behind. */
  sweep(): Promise<void>
  readonly temporary: TemporaryFolder
}
