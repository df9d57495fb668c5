import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { type Database, type Engine, inTransaction, now } from '../database/database.ts'
import { type DocumentId, newId, type ProjectId, type SourceId, type UserId } from '../ids.ts'
import {
  listDocuments,
  readDocumentText,
  readPassages,
  removeDocuments,
  selectPassages,
  storeDocument,
} from './document-store.ts'
import { readStatistics, selectPostingSlice, selectPostings } from './posting-store.ts'
import { prepareDocument } from './prepare-document.ts'
import { searchPassages, searchPassagesInDetail } from './search-passages.ts'

interface Place {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
}

async function createSource(db: Database): Promise<Place> {
  const [userId, projectId, sourceId] = [newId<UserId>(), newId<ProjectId>(), newId<SourceId>()]
  const times = { created_at: now(), updated_at: now() }
  await db.query
    .insertInto('users')
    .values({
      id: userId,
      email: userId,
      name: 'Ada',
      email_verified: db.engine === 'sqlite' ? 1 : true,
      role: 'user',
      ...times,
    })
    .execute()
  await db.query
    .insertInto('projects')
    .values({ id: projectId, organization_id: '', owner_id: userId, name: projectId, status: 'private', ...times })
    .execute()
  await addSource(db, projectId, sourceId, userId)
  return { projectId, sourceId }
}

async function addSource(db: Database, projectId: ProjectId, sourceId: SourceId, userId: UserId): Promise<void> {
  await db.query
    .insertInto('sources')
    .values({
      project_id: projectId,
      id: sourceId,
      type: 'upload',
      name: 'notes',
      configuration: '{}',
      status: 'connected',
      items_done: 0,
      items_total: 0,
      created_by: userId,
      created_at: now(),
      updated_at: now(),
    })
    .execute()
}

/** A document whose paragraphs are its passages. */
function prepare(paragraphs: readonly string[], { language = 'en', headingPath = [] as string[] } = {}) {
  let start = 0
  const passages = paragraphs.map((text) => {
    const range = { start, end: start + text.length }
    start = range.end + 2
    return { text, headingPath, page: null, sheet: null, rowStart: null, rowEnd: null, ...range }
  })
  return prepareDocument({ text: paragraphs.join('\n\n'), language, passages })
}

async function store(
  db: Database,
  place: Place,
  prepared: ReturnType<typeof prepare>,
  id = newId<DocumentId>(),
): Promise<DocumentId> {
  const document = { ...place, id, name: 'notes.txt', mediaType: 'text/plain', contentHash: id }
  await inTransaction(db, (tx) => storeDocument(tx, document, prepared))
  return id
}

const zoo = [
  'The old lion sleeps in the shade.',
  'A zebra runs from the lion and the hyena.',
  'Tickets cost ten euros. 🎟️ Children pay half.',
]

describe.each(engines)('search on %s', (engine) => {
  it('finds the best passages with where they stand', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const documentId = await store(db, place, prepare(zoo, { headingPath: ['Zoo', 'Animals'] }))
    const found = await searchPassages(
      { db },
      { projectId: place.projectId, query: 'Which lions run from hyenas?', limit: 10 },
    )
    expect(found.map(({ number }) => number)).toEqual([1, 0])
    expect(found[0]).toMatchObject({
      ...place,
      documentId,
      documentName: 'notes.txt',
      language: 'en',
      text: zoo[1],
      headingPath: ['Zoo', 'Animals'],
      page: null,
      sheet: null,
      start: 35,
      end: 35 + 41,
    })
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? Number.POSITIVE_INFINITY)
  })

  it('counts ranges in code points of the stored text', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const id = await store(db, place, prepare(['🦁🦓 are animals.', 'Owls 🦉 hunt at night.']))
    const [owl] = await searchPassages({ db }, { projectId: place.projectId, query: 'owl', limit: 1 })
    const text = await readDocumentText(db.query, place.projectId, id)
    expect([...(text ?? '')].slice(owl?.start, owl?.end).join('')).toBe('Owls 🦉 hunt at night.')
    expect((await listDocuments(db.query, place.projectId, place.sourceId))[0]?.length).toBe([...(text ?? '')].length)
  })

  it('keeps what no database can hold from reaching it, without moving a range', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    await store(db, place, prepare(['a\0b\uD800c walrus', 'A seal\0 barks.'], { headingPath: ['\0'] }))
    const [seal] = await searchPassages({ db }, { projectId: place.projectId, query: 'seals', limit: 1 })
    expect(seal?.text).toBe('A seal\uFFFD barks.')
    expect([seal?.start, seal?.headingPath]).toEqual([14, ['\uFFFD']])
  })

  it('finds by words of the heading path', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    await store(db, place, prepare(['It opens at nine.'], { headingPath: ['Aquarium'] }))
    await store(db, place, prepare(['It opens at ten.'], { headingPath: ['Museum'] }))
    const [first] = await searchPassages(
      { db },
      { projectId: place.projectId, query: 'When does the museum open?', limit: 1 },
    )
    expect(first?.text).toBe('It opens at ten.')
  })

  it('finds German and English documents of one project by questions in either language', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const search = async (query: string) =>
      (await searchPassages({ db }, { projectId: place.projectId, query, limit: 1 }))[0]?.text
    await store(db, place, prepare(['Die Häuser der Stadt wurden im Krieg zerstört.'], { language: 'de' }))
    await store(db, place, prepare(['The houses of the city were destroyed by fire.']))
    expect(await search('Wann wurde das Haus zerstört?')).toBe('Die Häuser der Stadt wurden im Krieg zerstört.')
    expect(await search('Was the house destroyed?')).toBe('The houses of the city were destroyed by fire.')
  })

  it('sees nothing of another project', async () => {
    await using db = await openTestDatabase(engine)
    const [mine, theirs] = [await createSource(db), await createSource(db)]
    await store(db, theirs, prepare(zoo))
    expect(await searchPassagesInDetail({ db }, { projectId: mine.projectId, query: 'lion', limit: 5 })).toEqual({
      passages: [],
      termWeights: new Map(),
      passageCount: 0,
    })
  })

  it('undoes a source exactly and leaves the others as they were', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const other = { ...place, sourceId: newId<SourceId>() }
    await addSource(db, place.projectId, other.sourceId, newId<UserId>())
    await store(db, place, prepare(zoo))
    const search = () => searchPassagesInDetail({ db }, { projectId: place.projectId, query: 'lion tickets', limit: 5 })
    const before = [await search(), await readStatistics(db.query, place.projectId)]
    await store(db, other, prepare(['Another lion.', 'And another.']))
    await store(db, other, prepare(['Ein Löwe.'], { language: 'de' }))
    expect(await search()).not.toEqual(before[0])
    await inTransaction(db, (tx) => removeDocuments(tx, place.projectId, other.sourceId))
    expect([await search(), await readStatistics(db.query, place.projectId)]).toEqual(before)
    expect(await db.query.selectFrom('index_statistics').select('language').execute()).toEqual([{ language: 'en' }])
    const rows = await db.query.selectFrom('postings').select('document_id').distinct().execute()
    expect(rows).toHaveLength(1)
  })

  it('keeps the statistics right when many documents arrive and leave at once', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const gone = { ...place, sourceId: newId<SourceId>() }
    await addSource(db, place.projectId, gone.sourceId, newId<UserId>())
    await store(db, gone, prepare(['A leaving lion.']))
    await Promise.all([
      ...Array.from({ length: 12 }, () => store(db, place, prepare(zoo))),
      inTransaction(db, (tx) => removeDocuments(tx, place.projectId, gone.sourceId)),
    ])
    const expected = prepare(zoo).tokenCount * 12
    expect(await readStatistics(db.query, place.projectId)).toEqual({
      passageCount: 36,
      tokenCount: expected,
      languages: ['en'],
    })
  })

  it('stores a document of many passages and terms and leaves out passages that are gone', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const id = await store(
      db,
      place,
      prepare(Array.from({ length: 2_500 }, (_, i) => `Word${i} and owl number ${i % 7}.`)),
    )
    const found = await searchPassages({ db }, { projectId: place.projectId, query: 'owl word1234', limit: 50 })
    expect(found).toHaveLength(50)
    expect(found[0]?.number).toBe(1234)
    // Equal scores: in the order of the document.
    expect(found.slice(1, 4).map(({ number }) => number)).toEqual([0, 1, 2])
    const places = [
      { documentId: id, number: 9_999 },
      { documentId: id, number: 2 },
    ]
    expect((await readPassages(db.query, place.projectId, places)).map(({ number }) => number)).toEqual([2])
  })

  it('answers any query, also one without a single word', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    await store(db, place, prepare(zoo))
    for (const query of [
      '',
      '   ',
      '???',
      'the of and',
      '\0',
      '\uD800',
      "'; drop table passages; --",
      'lion '.repeat(20_000),
    ]) {
      const found = await searchPassages({ db }, { projectId: place.projectId, query, limit: 5 })
      expect(found).toHaveLength(query.startsWith('lion') ? 2 : 0)
    }
  })
})

it('gives the same ids and scores on both engines, to the last digit', async () => {
  const names = ['lion', 'zebra', 'owl', 'whale', 'gnu', 'yak', 'ibex', 'emu']
  const word = (seed: number) => names[(seed * 7919) % names.length] ?? ''
  const paragraphs = (document: number) =>
    Array.from({ length: 90 }, (_, i) =>
      Array.from({ length: 5 + ((i * document) % 11) }, (_, j) => word(i * j + document)).join(' '),
    )
  const documents = Array.from({ length: 30 }, (_, i) => ({
    id: newId<DocumentId>(),
    prepared: prepare(paragraphs(i + 1)),
  }))
  const rank = async (engine: Engine) => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    for (const { id, prepared } of documents) await store(db, place, prepared, id)
    const found = await searchPassages(
      { db },
      { projectId: place.projectId, query: 'gnu ibex owl owl yak', limit: 100 },
    )
    return found.map(({ documentId, number, score }) => ({ documentId, number, score }))
  }
  const onSqlite = await rank('sqlite')
  expect(onSqlite).toHaveLength(100)
  expect(await rank('postgres')).toEqual(onSqlite)
})

it('reads postings and passages by primary key alone', async () => {
  await using db = await openTestDatabase('sqlite')
  const [projectId, documentId] = [newId<ProjectId>(), newId<DocumentId>()]
  const queries = [
    selectPostings(db.query, projectId, ['a', 'b']),
    selectPostingSlice(db.query, projectId, 'a', documentId),
    selectPassages(db.query, projectId, [
      { documentId, number: 1 },
      { documentId, number: 2 },
    ]),
  ]
  for (const query of queries) {
    const plan = await query.explain<{ detail: string }>(undefined, sql`query plan`)
    const steps = plan.map(({ detail }) => detail)
    expect(steps.filter((step) => /SCAN (?:passages|documents|postings)|TEMP B-TREE/.test(step))).toEqual([])
    expect(steps.filter((step) => step.startsWith('SEARCH'))).not.toEqual([])
  }
})
