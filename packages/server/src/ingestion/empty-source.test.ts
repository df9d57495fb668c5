import { describe, expect, it } from 'vitest'
import { engines } from '../../test/support/databases.ts'
import { addDocument, aPreparedDocument } from '../../test/support/documents.ts'
import { openIngestion } from '../../test/support/open-ingestion.ts'
import { RemoteSource } from '../../test/support/remote-source.ts'
import { inTransaction, now, type Tx } from '../database/database.ts'
import { type FileId, newId, type SourceId } from '../ids.ts'
import { searchPassages } from '../retrieval/search-passages.ts'
import { tidyKind } from '../retrieval/words/request-tidying.ts'
import { createTidyHandler } from '../retrieval/words/tidy-index.ts'
import { deleteSource } from './delete-source.ts'
import { filesPerStep } from './empty-source.ts'
import { createSource } from './manage-source.ts'
import { findSource } from './source-store.ts'
import { findSync, insertSync, updateSync } from './syncs/source-sync-store.ts'

const files = 250

async function open(engine: (typeof engines)[number]) {
  const opened = await openIngestion(engine, new RemoteSource().open)
  const { db, projectId, owner } = opened
  const sourceId = newId<SourceId>()
  const ref = { projectId, sourceId }
  const configuration = { username: 'acme', access_token: 'ghp_secret' }
  await createSource(opened, owner, { projectId, id: sourceId, type: 'github', name: 'Code', configuration })
  for (let i = 0; i < files; i++) {
    const document_id = await addDocument(db, ref, aPreparedDocument([`The heron number ${i} sings.`]))
    const facts = { key: `${i}.txt`, name: `${i}.txt`, status: 'indexed' as const, seen_in: 1, attempt: 0 }
    await db.query
      .insertInto('source_files')
      .values({
        ...facts,
        project_id: projectId,
        id: newId<FileId>(),
        source_id: sourceId,
        document_id,
        created_at: now(),
        updated_at: now(),
      })
      .execute()
  }
  await db.query.updateTable('sources').set({ items_done: files, items_total: files }).execute()
  await inTransaction(db, (tx) => insertSync(tx, ref))
  await updateSync(db.query, ref, { cursor: 'c', state: 'completed' })
  /** How many files each transaction took. */
  const steps = new Map<Tx, number>()
  const remove: typeof opened.files.remove = async (tx, file) => {
    steps.set(tx, (steps.get(tx) ?? 0) + 1)
    await opened.files.remove(tx, file)
  }
  const countFiles = async () => (await db.query.selectFrom('source_files').select('id').execute()).length
  const find = async () => (await searchPassages({ db }, { projectId, query: 'heron', limit: 300 })).length
  return { ...opened, ref, steps, remove, countFiles, find }
}

describe.each(engines)('a source of many files that is deleted, on %s', (engine) => {
  it('goes in steps of a bound, and leaves nothing', async () => {
    await using opened = await open(engine)
    const { db, owner, ref, steps, remove } = opened
    await deleteSource({ ...opened, files: { ...opened.files, remove } }, owner, ref)
    expect([...steps.values()]).toEqual([filesPerStep, filesPerStep, files - 2 * filesPerStep])
    expect([await opened.countFiles(), await opened.find()]).toEqual([0, 0])
    expect(await findSource(db.query, ref)).toBeUndefined()
    await using worker = opened.startWorker({ [tidyKind]: createTidyHandler({ db }) })
    await worker.idle()
    expect(await db.query.selectFrom('documents').select('id').execute()).toEqual([])
    expect(await db.query.selectFrom('index_segments').select('id').execute()).toEqual([])
  })

  it('that was stopped in between says what it has, is listed from the beginning, and goes when it is asked again', async () => {
    await using opened = await open(engine)
    const { db, owner, ref, steps, remove } = opened
    const dying: typeof remove = async (tx, file) => {
      if (steps.size === 2) throw new Error('killed')
      await remove(tx, file)
    }
    const dependencies = { ...opened, files: { ...opened.files, remove: dying } }
    await expect(deleteSource(dependencies, owner, ref)).rejects.toThrow('killed')
    // The second of them was rolled back.
    const left = files - filesPerStep
    expect([await opened.countFiles(), await opened.find()]).toEqual([left, left])
    expect(await findSource(db.query, ref)).toMatchObject({ status: 'connected', items_done: left, items_total: left })
    expect(await findSync(db.query, ref)).toMatchObject({ cursor: null, state: 'cancelled' })
    await deleteSource(opened, owner, ref)
    expect([await opened.countFiles(), await opened.find()]).toEqual([0, 0])
    expect(await findSource(db.query, ref)).toBeUndefined()
  })
})
