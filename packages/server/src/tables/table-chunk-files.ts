import { open } from 'node:fs/promises'
import type { Database } from '../database/database.ts'
import type { TemporaryFolder } from '../ingestion/files/temporary-folder.ts'
import type { StoredTable, TableFiles } from './table-files.ts'
import { insertTableChunk, readTableChunk } from './table-store.ts'

const chunkBytes = 256 * 1024

/** Rows of `table_chunks` in PostgreSQL, which go with the row of their table: nothing is ever left over. */
export function createChunkTableFiles({
  db,
  temporary,
}: {
  readonly db: Database
  readonly temporary: TemporaryFolder
}): TableFiles {
  return {
    put: async (tx, table, path) => {
      await using file = await open(path)
      for (let number = 0; ; number++) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes)
        if (bytesRead === 0) return
        await insertTableChunk(tx, table, number, buffer.subarray(0, bytesRead))
      }
    },
    materialize: async (table) => {
      try {
        return await temporary.write(readChunks(db, table))
      } catch (error) {
        if (error instanceof Replaced) return undefined
        throw error
      }
    },
    clean: async () => undefined,
    discardProject: async () => undefined,
    sweep: async () => undefined,
  }
}

/** The table was replaced or deleted while its bytes were read. */
class Replaced extends Error {}

async function* readChunks({ query }: Database, table: StoredTable): AsyncGenerator<Uint8Array> {
  for (let number = 0, read = 0; read < table.size; number++) {
    const bytes = await readTableChunk(query, table, number)
    if (bytes === undefined) throw new Replaced()
    read += bytes.length
    yield bytes
  }
}
