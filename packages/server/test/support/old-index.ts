import { sql } from 'kysely'
import { inTransaction } from '../../src/database/database.ts'
import { openDatabase } from '../../src/database/open-database.ts'
import type { ProjectId } from '../../src/ids.ts'
import { removeDocument, storeDocument } from '../../src/retrieval/document-store.ts'
import { readTextSlice, wholeText } from '../../src/retrieval/document-text-store.ts'
import { prepareDocument } from '../../src/retrieval/prepare-document.ts'
import type { DatabasePlace } from './databases.ts'

/** What an index that an older release made looks like to this one. */
export async function ageIndex(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  await sql`update index_segments set version = 0`.execute(db.query)
}

/** Uploads read long ago: by other rules each sentence was a passage. */
export async function cutOtherwise(place: DatabasePlace, projectId: ProjectId): Promise<void> {
  await using db = await openDatabase(place)
  const documents = await db.query.selectFrom('documents').selectAll().where('project_id', '=', projectId).execute()
  for (const document of documents) {
    const { id, source_id: sourceId, file_id: fileId, name, content_hash: contentHash, language } = document
    const text = (await readTextSlice(db.query, { projectId, documentId: id }, wholeText)) ?? ''
    const passages = [...text.matchAll(/[^.\n]+\./g)].map(({ 0: sentence, index }) => ({
      text: sentence,
      headingPath: [],
      page: null,
      sheet: null,
      rowStart: null,
      rowEnd: null,
      start: index,
      end: index + sentence.length,
      changes: null,
    }))
    const prepared = prepareDocument({ text, language, passages })
    const stored = { projectId, id, sourceId, fileId, name, mediaType: document.media_type, contentHash }
    await inTransaction(db, async (tx) => {
      await removeDocument(tx, projectId, id, { isReplaced: true })
      await storeDocument(tx, stored, prepared)
    })
    const counts = { items_done: passages.length, items_total: passages.length }
    await db.query.updateTable('sources').set(counts).where('id', '=', sourceId).execute()
  }
}

/** What passages that an older release cut look like to this one. */
export async function ageCut(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  await sql`update index_segments set passages_version = 0`.execute(db.query)
}

export async function countPassages(place: DatabasePlace) {
  await using db = await openDatabase(place)
  const { rows } = await sql<{ passages: number; named: number; items: number }>`
    select (select count(*) from passages) as passages, (select sum(passage_count) from documents) as named,
      (select sum(items_done) from sources) as items`.execute(db.query)
  const [{ passages, named, items } = { passages: 0, named: 0, items: 0 }] = rows
  return { passages: Number(passages), named: Number(named), items: Number(items) }
}

/** Segments of such passages that are searched. */
export async function countOldCut(place: DatabasePlace): Promise<number> {
  await using db = await openDatabase(place)
  const rows = await db.query.selectFrom('index_segments').select(['state', 'passages_version']).execute()
  return rows.filter((row) => row.state === 'visible' && row.passages_version === 0).length
}

/** On PostgreSQL another node takes over when the lease has run out; the test does not wait for it. */
export async function endLeases(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
}

/** Nobody has a search left from before the swap, for which what was replaced stays a few seconds. */
export async function endPauses(place: DatabasePlace): Promise<void> {
  await using db = await openDatabase(place)
  const past = { run_after: '2020-01-01T00:00:00.000Z' }
  await db.query.updateTable('jobs').set(past).where('state', '=', 'queued').execute()
}
