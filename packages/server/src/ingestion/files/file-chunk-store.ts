import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Database, Queryable, Tx } from '../../database/database.ts'
import type { FileId, ProjectId } from '../../ids.ts'
import type { FileRef } from '../source-file.ts'
import type { ByteRange, FileStore } from './file-store.ts'
import type { TemporaryFolder } from './temporary-folder.ts'

/** Small enough to hold a few in memory, large enough that a row's overhead does not count. */
const chunkBytes = 256 * 1024
/** Other nodes may use the same folder, so only what nobody can still be writing goes. */
const staleMs = 24 * 3_600_000

/** Rows of `file_chunks` in PostgreSQL: written and deleted in the transactions of its row, so nothing is ever left over. */
export function createChunkFileStore({ db, temporary }: { db: Database; temporary: TemporaryFolder }): FileStore {
  const read = async (file: FileRef, range?: ByteRange) => {
    const first = await readChunk(db.query, file, Math.floor((range?.start ?? 0) / chunkBytes))
    return first === undefined
      ? undefined
      : Readable.from(streamChunks(db.query, file, first, range), { objectMode: false })
  }
  return {
    temporary,
    bring: async () => false,
    putNew: (tx, projectId, paths) => writeChunks(tx, projectId, paths),
    put: async (tx, file, { path }) => {
      await deleteChunks(tx, file)
      await writeChunks(tx, file.projectId, new Map([[file.fileId, path]]))
    },
    open: read,
    materialize: async (file) => {
      const content = await read(file)
      return content === undefined ? undefined : await temporary.write(content)
    },
    remove: (tx, file) => deleteChunks(tx, file),
    discard: async () => undefined,
    discardProject: async () => undefined,
    sweep: () => temporary.sweep(staleMs),
  }
}

/** Those of small files together. */
async function writeChunks(tx: Tx, projectId: ProjectId, paths: ReadonlyMap<FileId, string>): Promise<void> {
  let rows: { project_id: ProjectId; file_id: FileId; number: number; bytes: Uint8Array }[] = []
  let bytesHeld = 0
  const write = async () => {
    if (rows.length > 0) await tx.insertInto('file_chunks').values(rows).execute()
    rows = []
    bytesHeld = 0
  }
  for (const [fileId, path] of paths) {
    for await (const { number, bytes } of readChunks(path)) {
      if (bytesHeld + bytes.length > chunkBytes) await write()
      rows.push({ project_id: projectId, file_id: fileId, number, bytes })
      bytesHeld += bytes.length
    }
  }
  await write()
}

/** An empty file is one empty chunk, so that it is there. */
async function* readChunks(path: string): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }> {
  await using file = await open(path)
  for (let number = 0; ; number++) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes)
    if (bytesRead > 0 || number === 0) yield { number, bytes: buffer.subarray(0, bytesRead) }
    if (bytesRead < chunkBytes) return
  }
}

async function readChunk(db: Queryable, { projectId, fileId }: FileRef, number: number) {
  const row = await db
    .selectFrom('file_chunks')
    .select('bytes')
    .where('project_id', '=', projectId)
    .where('file_id', '=', fileId)
    .where('number', '=', number)
    .executeTakeFirst()
  return row === undefined ? undefined : { number, bytes: row.bytes }
}

async function* streamChunks(
  db: Queryable,
  file: FileRef,
  first: { readonly number: number; readonly bytes: Uint8Array },
  { start, end }: ByteRange = { start: 0, end: Number.MAX_SAFE_INTEGER },
): AsyncGenerator<Uint8Array> {
  let chunk: typeof first | undefined = first
  while (chunk !== undefined) {
    const offset: number = chunk.number * chunkBytes
    const bytes = chunk.bytes.subarray(Math.max(0, start - offset), end - offset + 1)
    if (bytes.length > 0) yield bytes
    const isLast: boolean = chunk.bytes.length < chunkBytes || offset + chunkBytes > end
    chunk = isLast ? undefined : await readChunk(db, file, chunk.number + 1)
  }
}

async function deleteChunks(tx: Tx, { projectId, fileId }: FileRef): Promise<void> {
  await tx.deleteFrom('file_chunks').where('project_id', '=', projectId).where('file_id', '=', fileId).execute()
}
