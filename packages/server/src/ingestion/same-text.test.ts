import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines } from '../../test/support/databases.ts'
import { aLargeText } from '../../test/support/large-text.ts'
import { openSyncedSource } from '../../test/support/synced-source.ts'

/** Other bytes, the same text. */
const withMark = (text: string) => `\uFEFF${text}`
const text = aLargeText(230)
const csv = ['bell,weight', ...Array.from({ length: 9_000 }, (_, i) => `bell number ${i},${i * 7}`)].join('\n')

async function open(engine: (typeof engines)[number]) {
  const opened = await openSyncedSource(engine)
  const { db } = opened
  return {
    ...opened,
    /** What a replacement would make anew. */
    readStored: async () => ({
      documents: await db.query.selectFrom('documents').select(['id', 'passage_count']).orderBy('id').execute(),
      segments: await db.query.selectFrom('index_segments').select(['id', 'passage_count']).orderBy('id').execute(),
      tables: await db.query.selectFrom('data_tables').select(['id', 'data_id', 'name']).execute(),
    }),
    readHashes: async () => {
      const files = db.query.selectFrom('source_files').select(['key', 'content_hash']).orderBy('key')
      const documents = db.query
        .selectFrom('source_files as f')
        .innerJoin('documents as d', (join) => join.onRef('d.id', '=', 'f.document_id'))
        .select(['f.key', 'd.content_hash'])
        .orderBy('f.key')
      return { files: await files.execute(), documents: await documents.execute() }
    },
    find: async (query: string) => (await opened.search(query)).length,
  }
}

describe.each(engines)('a large file with other bytes and the same text, on %s', { timeout: 60_000 }, (engine) => {
  it('keeps its document, passages and index, and is known by its new bytes', async () => {
    await using opened = await open(engine)
    opened.remote.put('things.txt', text, 'v1')
    await opened.sync()
    const [before, hashes] = [await opened.readStored(), await opened.readHashes()]
    expect(before.documents[0]?.passage_count).toBeGreaterThan(300)
    opened.remote.put('things.txt', withMark(text), 'v2')
    await opened.sync()
    expect(await opened.readStored()).toEqual(before)
    const now = await opened.readHashes()
    expect(now.documents).toEqual(now.files)
    expect(now.files).not.toEqual(hashes.files)
    expect(await opened.find('albatross')).toBe(1)
  })

  it('keeps its tables, and has others when they are', async () => {
    await using opened = await open(engine)
    opened.remote.put('bells.csv', csv, 'v1')
    await opened.sync()
    const before = await opened.readStored()
    expect(before.documents[0]?.passage_count).toBeGreaterThan(300)
    expect(before.tables).toHaveLength(1)
    opened.remote.put('bells.csv', withMark(csv), 'v2')
    await opened.sync()
    expect(await opened.readStored()).toEqual(before)
    // As if the rules by which tables are read had changed.
    await sql`update data_tables set content_hash = 'of another version'`.execute(opened.db.query)
    opened.remote.put('bells.csv', csv, 'v3')
    await opened.sync()
    const after = await opened.readStored()
    expect(after).toMatchObject({ documents: before.documents, segments: before.segments })
    expect(after.tables).toMatchObject([{ id: before.tables[0]?.id, name: before.tables[0]?.name }])
    expect(after.tables[0]?.data_id).not.toBe(before.tables[0]?.data_id)
  })

  it('gets a document of its own when another file keeps the bytes', async () => {
    await using opened = await open(engine)
    for (const key of ['a.txt', 'b.txt']) opened.remote.put(key, text, 'v1')
    await opened.sync()
    expect((await opened.readStored()).documents).toHaveLength(1)
    opened.remote.put('a.txt', withMark(text), 'v2')
    await opened.sync()
    const { documents, segments } = await opened.readStored()
    expect(documents).toHaveLength(2)
    expect(segments.length).toBeGreaterThanOrEqual(1)
    const { files, documents: byFile } = await opened.readHashes()
    expect(byFile).toEqual(files)
    expect(files[0]?.content_hash).not.toBe(files[1]?.content_hash)
    expect(await opened.find('albatross')).toBe(2)
  })
})
