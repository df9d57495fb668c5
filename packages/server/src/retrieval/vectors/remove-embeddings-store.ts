import type { Database } from '../../database/database.ts'
import type { SetRef } from './embedding-set-store.ts'
import { listBlocks } from './embedding-store.ts'
import { removeOtherGenerations } from './list-store.ts'

const rowsPerRead = 500
const noGeneration = 0

/** A set that is searched no more, a few rows at a time so that nobody waits for it. */
export async function removeSet({ query: db }: Database, set: SetRef, signal: AbortSignal): Promise<void> {
  const blocks = db
    .selectFrom('embeddings')
    .select(['document_id', 'blocks_after'])
    .where('project_id', '=', set.projectId)
    .where('set_id', '=', set.id)
    .limit(50)
  for (;;) {
    signal.throwIfAborted()
    const rows = await blocks.execute()
    if (rows.length === 0) break
    await db
      .deleteFrom('embeddings')
      .where('project_id', '=', set.projectId)
      .where('set_id', '=', set.id)
      .where('document_id', 'in', [...new Set(rows.map((row) => row.document_id))])
      .execute()
    await new Promise(setImmediate)
  }
  for (;;) {
    signal.throwIfAborted()
    const hashes = await readHashes(db, set, undefined)
    if (hashes.length === 0) break
    await deleteTexts(db, set, hashes)
  }
  await removeOtherGenerations(db, { ...set, generation: noGeneration }, signal)
  await db
    .deleteFrom('embedding_sets')
    .where('project_id', '=', set.projectId)
    .where('id', '=', set.id)
    .where('state', '=', 'retired')
    .execute()
}

function readHashes(db: Database['query'], set: SetRef, after: Uint8Array | undefined): Promise<Uint8Array[]> {
  const query = db
    .selectFrom('embedded_texts')
    .select('hash')
    .where('project_id', '=', set.projectId)
    .where('set_id', '=', set.id)
    .orderBy('hash')
    .limit(rowsPerRead)
  const page = after === undefined ? query : query.where('hash', '>', after)
  return page.execute().then((rows) => rows.map(({ hash }) => hash))
}

async function deleteTexts(db: Database['query'], set: SetRef, hashes: readonly Uint8Array[]): Promise<void> {
  await db
    .deleteFrom('embedded_texts')
    .where('project_id', '=', set.projectId)
    .where('set_id', '=', set.id)
    .where('hash', 'in', hashes)
    .execute()
}

const hashBytes = 16

/** The vectors of texts that stand nowhere any more, after documents went. */
export async function removeUnusedTexts({ query: db }: Database, set: SetRef, signal: AbortSignal): Promise<void> {
  const used = await readUsed(db, set, signal)
  for (let after: Uint8Array | undefined; ; ) {
    signal.throwIfAborted()
    const hashes = await readHashes(db, set, after)
    const unused = hashes.filter((hash) => !used.has(startOf(Buffer.from(hash), 0)))
    if (unused.length > 0) await deleteTexts(db, set, unused)
    if (hashes.length < rowsPerRead) return
    after = hashes.at(-1)
    await new Promise(setImmediate)
  }
}

/** Six bytes of each hash, as numbers: two texts that share them are both kept, which costs a row. */
async function readUsed(db: Database['query'], set: SetRef, signal: AbortSignal): Promise<Set<number>> {
  const used = new Set<number>()
  for await (const blocks of listBlocks(db, set)) {
    signal.throwIfAborted()
    for (const { hashes } of blocks) {
      const bytes = Buffer.from(hashes)
      for (let at = 0; at < bytes.length; at += hashBytes) used.add(startOf(bytes, at))
    }
  }
  return used
}

function startOf(hash: Buffer, at: number): number {
  return hash.readUIntBE(at, 6)
}
