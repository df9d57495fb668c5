import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createTestDatabase, engines } from '../../../test/support/databases.ts'
import { aProject } from '../../../test/support/projects.ts'
import { inTransaction } from '../../database/database.ts'
import { migrate } from '../../database/migrate.ts'
import { openDatabase } from '../../database/open-database.ts'
import { type FileId, newId, type ProjectId, type SourceId, type UserId } from '../../ids.ts'
import type { FileRef } from '../source-file.ts'
import { insertFile } from '../source-file-store.ts'
import { insertSource } from '../source-store.ts'
import type { FileStore } from './file-store.ts'
import { openFileStore } from './open-file-store.ts'

async function open(engine: (typeof engines)[number]) {
  const resources = new AsyncDisposableStack()
  const place = resources.use(await createTestDatabase(engine))
  const db = resources.use(await openDatabase(place))
  await migrate(db)
  const files = await openFileStore(db, place)
  return { place, db, files, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

type Opened = Awaited<ReturnType<typeof open>>

async function put({ db, files }: Opened, ref: FileRef, bytes: Uint8Array): Promise<void> {
  await using file = await files.temporary.write(Readable.from([bytes]))
  await inTransaction(db, (tx) => files.put(tx, ref, file))
}

async function aFile({ db }: Opened, projectId: ProjectId): Promise<FileRef> {
  const [sourceId, id] = [newId<SourceId>(), newId<FileId>()]
  const createdBy = newId<UserId>()
  const plain = { type: 'direct_upload', name: 'n', configuration: {}, status: 'syncing', createdBy } as const
  await insertSource(db.query, { ...plain, projectId, id: sourceId })
  const file = { id, key: 'n', name: 'n', media_type: null, size: 1, content_hash: null, status: 'fetched' } as const
  await inTransaction(db, (tx) => insertFile(tx, { projectId, sourceId }, file))
  return { projectId, fileId: id }
}

async function read(files: FileStore, ref: FileRef, range?: { start: number; end: number }) {
  const content = await files.open(ref, range)
  return content === undefined ? undefined : await buffer(content)
}

const chunk = 256 * 1024

describe.each(engines)('files on %s', (engine) => {
  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk])('of %i bytes come back as they were', async (size) => {
    await using opened = await open(engine)
    const { projectId } = await aProject(opened.db)
    const ref = await aFile(opened, projectId)
    const bytes = Buffer.alloc(size).map((_, i) => (i * 31) % 251)
    await put(opened, ref, bytes)
    expect((await read(opened.files, ref))?.equals(bytes)).toBe(true)
    const ranges = [
      [0, 0],
      [chunk - 1, chunk],
      [chunk, chunk + 5],
      [size - 1, size - 1],
    ].filter(([start = 0, end = 0]) => start >= 0 && end < size)
    for (const [start = 0, end = 0] of ranges) {
      expect((await read(opened.files, ref, { start, end }))?.equals(bytes.subarray(start, end + 1))).toBe(true)
    }
    await using local = await opened.files.materialize(ref)
    expect(local?.path).toContain(opened.place.dataDir)
  })

  it('that were removed, or whose transaction failed, are gone', async () => {
    await using opened = await open(engine)
    const { db, files } = opened
    const { projectId } = await aProject(db)
    const [removed, failed] = [await aFile(opened, projectId), await aFile(opened, projectId)]
    await put(opened, removed, Buffer.from('a'))
    await inTransaction(db, (tx) => files.remove(tx, removed))
    await files.discard(removed)
    await using file = await files.temporary.write(Readable.from(['b']))
    const attempt = inTransaction(db, async (tx) => {
      await files.put(tx, failed, file)
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    await files.discard(failed)
    expect(await files.open(removed)).toBeUndefined()
    expect(await files.materialize(removed)).toBeUndefined()
    expect(await files.open(failed)).toBeUndefined()
  })

  it('leave nothing behind when their stream breaks off', async () => {
    await using opened = await open(engine)
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('the line is dead')
      })(),
    )
    await expect(opened.files.temporary.write(broken)).rejects.toThrow('the line is dead')
    expect(await readdir(join(opened.place.dataDir, 'tmp'))).toEqual([])
  })
})

it('a sweep removes what a crash left in the data folder and nothing else', async () => {
  await using opened = await open('sqlite')
  const { db, files, place } = opened
  const { projectId } = await aProject(db)
  const kept = await aFile(opened, projectId)
  await put(opened, kept, Buffer.from('kept'))
  const root = join(place.dataDir, 'files')
  const deletedProject = newId<ProjectId>()
  await mkdir(join(root, deletedProject))
  await writeFile(join(root, deletedProject, newId()), 'of a deleted project')
  await writeFile(join(root, projectId, newId()), 'stored, but its row was never committed')
  await writeFile(join(root, 'README'), 'not ours, so it stays')
  await writeFile(join(place.dataDir, 'tmp', newId()), 'half an upload')
  await files.sweep()
  expect(await readdir(root, { recursive: true })).toEqual(
    expect.arrayContaining(['README', projectId, join(projectId, kept.fileId)]),
  )
  expect(await readdir(root, { recursive: true })).toHaveLength(3)
  expect(await readdir(join(place.dataDir, 'tmp'))).toEqual([])
  expect(String(await read(files, kept))).toBe('kept')
})
