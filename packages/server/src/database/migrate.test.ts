import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from '../../test/support/documents.ts'
import { aProject } from '../../test/support/projects.ts'
import { migrate } from './migrate.ts'

describe('a table that SQLite makes anew', () => {
  it('keeps what refers to it, and its keys', async () => {
    await using db = await openTestDatabase('sqlite')
    const place = await aSource(db, (await aProject(db)).projectId)
    await addDocument(db, place, aPreparedDocument(['The heron waits.']))
    await db.query.deleteFrom('migrations').where('id', '=', '0019-removed-documents').execute()
    expect(await migrate(db)).toEqual(['0019-removed-documents'])
    const passages = () => db.query.selectFrom('passages').select('text').execute()
    expect(await passages()).toEqual([{ text: 'The heron waits.' }])
    expect((await sql`pragma foreign_key_check`.execute(db.query)).rows).toEqual([])
    await db.query.deleteFrom('sources').execute()
    expect(await passages()).toHaveLength(1)
    await db.query.deleteFrom('projects').execute()
    expect(await passages()).toEqual([])
  })
})

describe.each(engines)('migrations on %s', (engine) => {
  it('are applied once and then leave the database alone', async () => {
    await using db = await openTestDatabase(engine)
    expect(await migrate(db)).toEqual([])
    const { rows } = await sql<{ id: string }>`select id from migrations order by id`.execute(db.query)
    const ids = rows.map(({ id }) => id)
    expect(ids[0]).toBe('0001-initial')
    expect(ids).toEqual([...new Set(ids)].sort())
  })
})

it('texts and files are compressed quickly where PostgreSQL can', async () => {
  await using db = await openTestDatabase('postgres')
  const { rows: settings } = await sql`
    select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)`.execute(db.query)
  const { rows } = await sql<{ column: string }>`
    select attrelid::regclass || '.' || attname as column from pg_attribute
    where attcompression = 'l' and attrelid::regclass::text in ('file_chunks', 'table_chunks', 'document_texts')
    order by 1`.execute(db.query)
  const expected = ['document_texts.text', 'file_chunks.bytes', 'table_chunks.bytes']
  expect(rows.map(({ column }) => column)).toEqual(settings.length === 0 ? [] : expected)
})
