import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { engines } from '../../test/support/databases.ts'
import { openIngestion } from '../../test/support/open-ingestion.ts'
import { inTransaction } from '../database/database.ts'
import { Egress } from '../egress/egress.ts'
import { randomIds } from '../ids.ts'
import { searchPassages } from '../retrieval/search-passages.ts'
import { addUpload } from './add-upload.ts'
import { createOpenConnector } from './connectors/open-connector.ts'
import { deleteSource } from './delete-source.ts'
import { unread } from './files/read-file.ts'
import { receiveFile } from './files/receive-file.ts'
import { indexFile } from './index-file.ts'
import { createIngestHandler, ingestKind } from './ingest-source.ts'
import { createDataJobHandlers } from './job-handlers.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import type { Parser } from './parsing/open-parser.ts'
import type { SourceRef } from './source.ts'
import { uploadedFileId } from './source-file.ts'
import { findFile } from './source-file-store.ts'
import { findSource } from './source-store.ts'
import { startTraining } from './training/manage-training.ts'
import { findTraining } from './training/training-store.ts'

const tables = ['sources', 'documents', 'passages', 'index_segments', 'index_blocks', 'index_documents'] as const

const fileOf = ({ projectId, sourceId }: SourceRef) => ({ projectId, fileId: uploadedFileId(sourceId) })

async function open(engine: (typeof engines)[number]) {
  const opened = await openIngestion(engine, createOpenConnector({ egress: new Egress({ allow: [] }) }))
  const { db, files, projectId, owner } = opened
  const upload = async (content: string, fileName = 'notes.txt') => {
    await using received = await receiveFile(files.temporary, Readable.from([Buffer.from(content)]), 1_000_000)
    const source = await addUpload(opened, owner, { ids: randomIds, projectId, fileName, received })
    return { projectId, sourceId: source.id }
  }
  const countRows = async () =>
    Object.fromEntries(
      await Promise.all(
        [...tables, ...(engine === 'postgres' ? (['file_chunks'] as const) : [])].map(async (table) => {
          const rows = await db.query.selectFrom(table).select('project_id').execute()
          return [table, rows.length] as const
        }),
      ),
    )
  const search = (query: string) => searchPassages({ db }, { projectId, query, limit: 10 })
  return { ...opened, upload, countRows, search }
}

describe.each(engines)('reading a source on %s', (engine) => {
  it('is undone whole by deleting it, and its neighbours stay', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.\n\nA zebra runs from the lion.')
    await opened.upload('Der Löwe schläft im Schatten und das Zebra läuft vor dem Löwen weg.', 'zoo.txt')
    await using worker = opened.startWorker()
    await worker.idle()
    const both = await opened.countRows()
    expect(both).toMatchObject({ sources: 2, documents: 2, index_segments: 2, index_documents: 2 })
    await deleteSource(opened, opened.owner, ref)
    const one = await opened.countRows()
    expect(one).toMatchObject({ sources: 1, documents: 1, index_segments: 1, index_documents: 1 })
    expect(one['index_blocks']).toBeLessThan(both['index_blocks'] ?? 0)
    expect((await opened.search('Löwe')).map(({ documentName }) => documentName)).toEqual(['zoo.txt'])
    const [last] = await opened.db.query.selectFrom('sources').select('id').execute()
    if (last !== undefined) await deleteSource(opened, opened.owner, { ...ref, sourceId: last.id })
    expect(new Set(Object.values(await opened.countRows()))).toEqual(new Set([0]))
  })

  it('has a place before what a training or a sync reads', async () => {
    await using opened = await open(engine)
    const seen: (boolean | undefined)[] = []
    const parser: Pick<Parser, 'parse'> = {
      parse: (request) => {
        seen.push(request.isAwaited)
        return opened.parser.parse(request)
      },
    }
    const { sourceId } = await opened.upload('The lion sleeps in the shade.')
    await using worker = opened.startWorker(createDataJobHandlers({ ...opened, parser }))
    await worker.idle()
    const { projectId, owner } = opened
    await startTraining(opened, owner, { projectId, dataSourceIds: [sourceId], description: null })
    await worker.idle()
    expect(seen).toEqual([true, undefined])
  })

  it('twice gives what once gives, under the same document id', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.')
    await using worker = opened.startWorker()
    await worker.idle()
    const [before] = await opened.search('lion')
    const rows = await opened.countRows()
    const training = await startTraining(opened, opened.owner, {
      projectId: ref.projectId,
      dataSourceIds: [ref.sourceId, ref.sourceId],
      description: null,
    })
    await worker.idle()
    const ended = await findTraining(opened.db.query, { projectId: ref.projectId, trainingId: training.id })
    expect(ended).toMatchObject({ status: 'completed', progress: { total_steps: 1 } })
    expect(await opened.search('lion')).toEqual([before])
    expect(await opened.countRows()).toEqual(rows)
  })

  it('that is deleted just before its file is opened is no failure of the training', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.')
    await using worker = opened.startWorker()
    await worker.idle()
    await worker[Symbol.asyncDispose]()
    const training = await startTraining(opened, opened.owner, {
      projectId: ref.projectId,
      dataSourceIds: [ref.sourceId],
      description: null,
    })
    const { files } = opened
    const materialize: typeof files.materialize = async (place) => {
      await deleteSource(opened, opened.owner, ref)
      return await files.materialize(place)
    }
    await using late = opened.startWorker(createDataJobHandlers({ ...opened, files: { ...files, materialize } }))
    await late.idle()
    const ended = await findTraining(opened.db.query, { projectId: ref.projectId, trainingId: training.id })
    expect(ended).toMatchObject({ status: 'completed', error: null })
  })

  it('that fails the second time keeps what it found the first time, and says so', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.')
    await using worker = opened.startWorker()
    await worker.idle()
    const failure = new ParseFailure('time_out', 'It took too long.')
    const file = await findFile(opened.db.query, fileOf(ref))
    if (file !== undefined) await inTransaction(opened.db, (tx) => indexFile(opened, tx, file, unread(failure)))
    expect(await findSource(opened.db.query, ref)).toMatchObject({
      status: 'connected',
      error: 'It took too long. What was read earlier is still searched.',
    })
    expect(await opened.search('lion')).toHaveLength(1)
  })

  it('that the server cannot do is given up after three attempts, with a sentence for its owner', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.')
    // A disk that fails cannot be had in a test.
    const files = { ...opened.files, materialize: () => Promise.reject(new Error('EIO: the disk is broken')) }
    const handler = createIngestHandler({ ...opened, files })
    await using worker = opened.startWorker({ [ingestKind]: handler })
    await worker.idle()
    const source = await findSource(opened.db.query, ref)
    expect(source).toMatchObject({ status: 'error', error: expect.stringContaining('failed three times') })
    expect(source?.error).not.toContain('EIO')
    const job = await opened.db.query.selectFrom('jobs').select(['state', 'attempt', 'error']).executeTakeFirst()
    expect(job).toMatchObject({ state: 'failed', attempt: 3, error: expect.stringContaining('EIO') })
  })

  it('whose file is gone says so', async () => {
    await using opened = await open(engine)
    const ref = await opened.upload('The lion sleeps in the shade.')
    await inTransaction(opened.db, (tx) => opened.files.remove(tx, fileOf(ref)))
    await opened.files.discard(fileOf(ref))
    await using worker = opened.startWorker()
    await worker.idle()
    expect(await findSource(opened.db.query, ref)).toMatchObject({
      status: 'error',
      error: expect.stringContaining('gone'),
    })
  })
})
