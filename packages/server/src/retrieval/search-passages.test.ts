import { CompiledQuery } from 'kysely'
import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource, type SourcePlace } from '../../test/support/documents.ts'
import { aProject } from '../../test/support/projects.ts'
import { type Database, type Engine, inTransaction } from '../database/database.ts'
import { type DocumentId, newId, type ProjectId, type SegmentId } from '../ids.ts'
import { listDocuments, removeDocuments } from './document-store.ts'
import { readTextSlice, wholeText } from './document-text-store.ts'
import { selectPassagesOnPages } from './passage-filter-store.ts'
import { readPassages, selectPassages } from './passage-store.ts'
import { prepareDocument } from './prepare-document.ts'
import { searchPassages, searchPassagesInDetail } from './search-passages.ts'
import { readStatistics } from './words/search-words.ts'
import { selectBlocks, selectDocumentsAt, selectLengths } from './words/segment-lookup-store.ts'

async function createSource(db: Database): Promise<SourcePlace> {
  return aSource(db, (await aProject(db)).projectId)
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
    const documentId = await addDocument(db, place, aPreparedDocument(zoo, { headingPath: ['Zoo', 'Animals'] }))
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
    const id = await addDocument(db, place, aPreparedDocument(['🦁🦓 are animals.', 'Owls 🦉 hunt at night.']))
    const [owl] = await searchPassages({ db }, { projectId: place.projectId, query: 'owl', limit: 1 })
    const text = await readTextSlice(db.query, { ...place, documentId: id }, wholeText)
    expect([...(text ?? '')].slice(owl?.start, owl?.end).join('')).toBe('Owls 🦉 hunt at night.')
    expect((await listDocuments(db.query, place.projectId, place.sourceId))[0]?.length).toBe([...(text ?? '')].length)
  })

  it('keeps where headings and rows change within a passage, in code points', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const text = '🦉 Owls\n\nThey hunt.\nrow 🦁\nrow zebra'
    const change = (at: string, headingPath: string[], row: number | null) => ({
      start: text.indexOf(at),
      headingPath,
      row,
    })
    const changes = [
      change('🦉', ['Zoo', 'Owls\0'], null),
      change('row 🦁', ['Zoo', 'Table'], 2),
      change('row zebra', ['Zoo', 'Table'], 3),
    ]
    const passage = { text, headingPath: ['Zoo'], page: null, sheet: null, rowStart: 2, rowEnd: 3, changes }
    const passages = [{ ...passage, start: 0, end: text.length }]
    await addDocument(db, place, prepareDocument({ text, language: 'en', passages }))
    const [found] = await searchPassages({ db }, { projectId: place.projectId, query: 'zebra', limit: 1 })
    expect(found?.changes).toEqual([
      { start: 0, headingPath: ['Zoo', 'Owls\uFFFD'], row: null },
      { start: 19, headingPath: ['Zoo', 'Table'], row: 2 },
      { start: 25, headingPath: ['Zoo', 'Table'], row: 3 },
    ])
    await addDocument(db, place, aPreparedDocument(['A walrus.']))
    const [walrus] = await searchPassages({ db }, { projectId: place.projectId, query: 'walrus', limit: 1 })
    expect(walrus?.changes).toBeNull()
  })

  it('keeps what no database can hold from reaching it, without moving a range', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    await addDocument(db, place, aPreparedDocument(['a\0b\uD800c walrus', 'A seal\0 barks.'], { headingPath: ['\0'] }))
    const [seal] = await searchPassages({ db }, { projectId: place.projectId, query: 'seals', limit: 1 })
    expect(seal?.text).toBe('A seal\uFFFD barks.')
    expect([seal?.start, seal?.headingPath]).toEqual([14, ['\uFFFD']])
  })

  it('finds by words of the heading path', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    await addDocument(db, place, aPreparedDocument(['It opens at nine.'], { headingPath: ['Aquarium'] }))
    await addDocument(db, place, aPreparedDocument(['It opens at ten.'], { headingPath: ['Museum'] }))
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
    await addDocument(
      db,
      place,
      aPreparedDocument(['Die Häuser der Stadt wurden im Krieg zerstört.'], { language: 'de' }),
    )
    await addDocument(db, place, aPreparedDocument(['The houses of the city were destroyed by fire.']))
    expect(await search('Wann wurde das Haus zerstört?')).toBe('Die Häuser der Stadt wurden im Krieg zerstört.')
    expect(await search('Was the house destroyed?')).toBe('The houses of the city were destroyed by fire.')
  })

  it('sees nothing of another project', async () => {
    await using db = await openTestDatabase(engine)
    const [mine, theirs] = [await createSource(db), await createSource(db)]
    await addDocument(db, theirs, aPreparedDocument(zoo))
    expect(await searchPassagesInDetail({ db }, { projectId: mine.projectId, query: 'lion', limit: 5 })).toMatchObject({
      passages: [],
      termWeights: new Map(),
      passageCount: 0,
    })
  })

  it('undoes a source exactly and leaves the others as they were', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const other = await aSource(db, place.projectId)
    await addDocument(db, place, aPreparedDocument(zoo))
    const search = async () => {
      const input = { projectId: place.projectId, query: 'lion tickets', limit: 5 }
      const { details: _, ...found } = await searchPassagesInDetail({ db }, input)
      return found
    }
    const before = [await search(), await readStatistics(db.query, place.projectId)]
    await addDocument(db, other, aPreparedDocument(['Another lion.', 'And another.']))
    await addDocument(db, other, aPreparedDocument(['Ein Löwe.'], { language: 'de' }))
    expect(await search()).not.toEqual(before[0])
    await inTransaction(db, (tx) => removeDocuments(tx, place.projectId, other.sourceId))
    expect([await search(), await readStatistics(db.query, place.projectId)]).toEqual(before)
    for (const table of ['index_segments', 'index_blocks', 'index_documents'] as const) {
      expect(await db.query.selectFrom(table).select('project_id').execute()).toHaveLength(1)
    }
  })

  it('keeps the statistics right when many documents arrive and leave at once', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const gone = await aSource(db, place.projectId)
    await addDocument(db, gone, aPreparedDocument(['A leaving lion.']))
    await Promise.all([
      ...Array.from({ length: 12 }, () => addDocument(db, place, aPreparedDocument(zoo))),
      inTransaction(db, (tx) => removeDocuments(tx, place.projectId, gone.sourceId)),
    ])
    const expected = aPreparedDocument(zoo).tokenCount * 12
    expect(await readStatistics(db.query, place.projectId)).toEqual({
      passageCount: 36,
      tokenCount: expected,
      languages: ['en'],
    })
  })

  it('stores a document of many passages and terms and leaves out passages that are gone', async () => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    const id = await addDocument(
      db,
      place,
      aPreparedDocument(Array.from({ length: 2_500 }, (_, i) => `Word${i} and owl number ${i % 7}.`)),
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
    await addDocument(db, place, aPreparedDocument(zoo))
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
    prepared: aPreparedDocument(paragraphs(i + 1)),
  }))
  const rank = async (engine: Engine) => {
    await using db = await openTestDatabase(engine)
    const place = await createSource(db)
    for (const { id, prepared } of documents) await addDocument(db, place, prepared, id)
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

it('reads postings, documents and passages by key alone', async () => {
  await using db = await openTestDatabase('sqlite')
  const [projectId, documentId, segmentId] = [newId<ProjectId>(), newId<DocumentId>(), newId<SegmentId>()]
  const queries = [
    selectBlocks(db, projectId, [segmentId], ['a', 'b']).compile(db.query),
    selectLengths(db.query, projectId, [segmentId]).compile(),
    selectDocumentsAt(db, projectId, [{ segmentId, ordinal: 1 }]).compile(db.query),
    selectPassages(db.query, projectId, [
      { documentId, number: 1 },
      { documentId, number: 2 },
    ]).compile(),
    selectPassagesOnPages(db.query, projectId, { first: 1, last: 2 }, 10).compile(),
  ]
  for (const { sql, parameters } of queries) {
    const plan = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
    const steps = (await db.query.executeQuery<{ detail: string }>(plan)).rows.map(({ detail }) => detail)
    expect(
      steps.filter((step) => /SCAN (?:passages|documents?|blocks?|index_\w+|known)|TEMP B-TREE/.test(step)),
    ).toEqual([])
    expect(steps.filter((step) => step.startsWith('SEARCH'))).not.toEqual([])
  }
})

it('finds the documents of passages on PostgreSQL without reading every document of the project', async () => {
  await using db = await openTestDatabase('postgres')
  const [projectId, segmentId] = [newId<ProjectId>(), newId<SegmentId>()]
  const query = selectDocumentsAt(db, projectId, [{ segmentId, ordinal: 1 }]).compile(db.query)
  const plan = await inTransaction(db, async (tx) => {
    // So small a table is as fast to read whole; what counts is that the key fits the statement.
    await tx.executeQuery(CompiledQuery.raw('set local enable_seqscan = off'))
    const { rows } = await tx.executeQuery<{ 'QUERY PLAN': string }>(
      CompiledQuery.raw(`explain ${query.sql}`, [...query.parameters]),
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toMatch(/Index Cond: .*base <= wanted\.ordinal/)
  expect(plan).not.toMatch(/Hash|Merge/)
})
