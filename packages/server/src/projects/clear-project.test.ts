import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from '../../test/support/documents.ts'
import { countProjectRows, listProjectTables } from '../../test/support/project-rows.ts'
import { aProject, clearRemoved, toDelete } from '../../test/support/projects.ts'
import type { Principal } from '../accounts/principal.ts'
import { createChat } from '../chats/chat-store.ts'
import { type Database, inTransaction, now } from '../database/database.ts'
import { type MessageId, newId, type ProjectId } from '../ids.ts'
import { enqueueJob } from '../jobs/job-store.ts'
import { createEmbeddingSet } from '../retrieval/vectors/embedding-set-store.ts'
import { storeBlocks } from '../retrieval/vectors/embedding-store.ts'
import { deleteProject } from './delete-project.ts'
import { clearSlice, mostPerSlice, projectTables } from './project-rows-store.ts'

const documents = 2
const passages = 420
const messages = 230
const longMessages = 7
const longMessage = 'm'.repeat(100_000)

describe.each(engines)('what was in a deleted project, on %s', (engine) => {
  let db: Database
  let projectId: ProjectId
  let owner: Principal
  beforeEach(async () => {
    db = await openTestDatabase(engine)
    ;({ projectId, owner } = await aProject(db))
  })
  afterEach(() => db[Symbol.asyncDispose]())

  const tables = projectTables.filter((table) => table.engine === undefined || table.engine === engine)

  it('is sought in every table that holds something of projects, by its whole key', async () => {
    const known = [...tables.map(({ name }) => name), 'project_invitations', 'project_members']
    expect(known.toSorted()).toEqual(await listProjectTables(db))
    for (const { name, key } of tables) {
      const query =
        engine === 'sqlite'
          ? sql<{ column: string }>`select name as "column" from pragma_table_info(${name}) where pk > 0 order by pk`
          : sql<{ column: string }>`
              select a.attname as "column" from pg_index x cross join unnest(x.indkey) with ordinality k (attnum, place)
              join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
              where x.indrelid = ${name}::regclass and x.indisprimary order by k.place`
      const [, ...rest] = (await query.execute(db.query)).rows.map(({ column }) => column)
      if (rest.length > 0) expect(key, name).toEqual(rest)
    }
  })

  async function fill(): Promise<void> {
    const place = await aSource(db, projectId)
    const set = await createEmbeddingSet(db.query, projectId, 'm')
    const paragraphs = Array.from(
      { length: passages },
      (_, i) => `The heron number ${i} sits on branch ${i % 7} and sings.`,
    )
    for (let i = 0; i < documents; i++) {
      const documentId = await addDocument(db, place, aPreparedDocument(paragraphs))
      const block = {
        documentId,
        count: 100,
        hashes: new Uint8Array(1_600),
        vectors: new Uint8Array(100_000),
        first: 0,
      }
      await inTransaction(db, (tx) =>
        storeBlocks(
          tx,
          set,
          [0, 1, 2].map((blocksAfter) => ({ ...block, blocksAfter })),
        ),
      )
    }
    const chat = await createChat(db, owner, { projectId, name: 'c' })
    const rows = Array.from({ length: messages }, (_, position) => ({
      project_id: projectId,
      chat_id: chat.id,
      id: newId<MessageId>(),
      position,
      role: 'user' as const,
      content: position < longMessages ? longMessage : 'short',
      status: 'completed' as const,
      metadata: '{}',
      created_at: now(),
    }))
    await db.query.insertInto('messages').values(rows).execute()
    for (let i = 0; i < 5; i++)
      await inTransaction(db, (tx) => enqueueJob(tx, { projectId, kind: 'count', payload: {} }))
  }

  const sum = async () => Object.values(await countProjectRows(db, projectId)).reduce((all, count) => all + count, 0)

  it('goes in transactions that each delete no more than a bound, foreign keys and all', async () => {
    await fill()
    await deleteProject(toDelete(db), owner, projectId)
    const deletions: number[] = []
    let before = await sum()
    expect(before).toBeGreaterThan(documents * passages + messages)
    for (const table of tables) {
      for (let after: readonly unknown[] | undefined; ; ) {
        const { count, end } = await inTransaction(db, (tx) => clearSlice(tx, projectId, table, after))
        const left = await sum()
        expect(before - left, table.name).toBe(count)
        deletions.push(count)
        before = left
        after = end
        if (end === undefined) break
      }
    }
    expect(Math.max(...deletions)).toBe(mostPerSlice.rows)
    // The project itself, and the job.
    expect(await countProjectRows(db, projectId)).toEqual({ projects: 1, jobs: 1 })
  })

  it('goes by bytes where rows are long', async () => {
    await fill()
    const slices: number[] = []
    const table = tables.find(({ name }) => name === 'messages')
    if (table === undefined) throw new Error('Messages are in projects')
    for (let after: readonly unknown[] | undefined; ; ) {
      const { count, end } = await inTransaction(db, (tx) => clearSlice(tx, projectId, table, after))
      slices.push(count)
      after = end
      if (end === undefined) break
    }
    expect(slices.reduce((all, count) => all + count)).toBe(messages)
    // Two of them fit.
    expect(slices.length).toBeGreaterThanOrEqual(longMessages / 2)
  })

  it('is nowhere any more in the end, also when it was stopped in between', async () => {
    await fill()
    const other = await aProject(db)
    await aSource(db, other.projectId)
    const kept = await countProjectRows(db, other.projectId)
    await deleteProject(toDelete(db), owner, projectId)
    const before = await sum()
    let checks = 0
    const killed = { throwIfAborted: () => expect(checks++, 'killed').toBeLessThan(20) } as AbortSignal
    await expect(clearRemoved(db, killed)).rejects.toThrow('killed')
    const left = await sum()
    expect(left).toBeLessThan(before)
    expect(left).toBeGreaterThan(passages)
    await db.query.updateTable('jobs').set({ lease_expires_at: '2020-01-01T00:00:00.000Z' }).execute()
    await clearRemoved(db)
    expect(await countProjectRows(db, projectId)).toEqual({})
    expect(await countProjectRows(db, other.projectId)).toEqual(kept)
  })
})
