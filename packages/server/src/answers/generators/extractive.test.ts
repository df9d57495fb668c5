import { expect, it } from 'vitest'
import { openTestDatabase } from '../../../test/support/databases.ts'
import { addDocument, aPreparedDocument, aSource } from '../../../test/support/documents.ts'
import { aProject } from '../../../test/support/projects.ts'
import type { Database } from '../../database/database.ts'
import type { ProjectId } from '../../ids.ts'
import { documentCatalog } from '../../retrieval/document-catalog-store.ts'
import { readTextSlice, wholeText } from '../../retrieval/document-text-store.ts'
import { prepareDocument } from '../../retrieval/prepare-document.ts'
import { searchPassages, searchPassagesInDetail } from '../../retrieval/search-passages.ts'
import { storedQuoteReader } from '../citations/stored-quote-store.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import { noTables } from '../table-access.ts'
import { TraceRecorder } from '../traces/trace-recorder.ts'
import { generateExtractive } from './extractive.ts'

const handbook = [
  'The zoo opened in 1902. 🦁 It was founded by Maria Keller, a banker. She also paid for the aquarium. The first lions arrived two years later from Hamburg.',
  'Tickets cost twelve euros for adults and six euros for children. Visitors may bring their own food. Dogs must stay outside because they frighten the deer.',
  'The penguin house was closed in March after a storm. It will open again when the roof is mended. Keepers feed the penguins at noon.',
]

async function aHandbook(db: Database) {
  const { projectId } = await aProject(db)
  const place = await aSource(db, projectId)
  const documentId = await addDocument(db, place, aPreparedDocument(handbook, { headingPath: ['Handbook'] }))
  return { projectId, documentId }
}

async function ask(db: Database, projectId: ProjectId, question: string, earlier: readonly string[] = []) {
  const events: GeneratedEvent[] = []
  const input = {
    question,
    instructions: null,
    temperature: undefined,
    maxTokens: undefined,
    signal: new AbortController().signal,
    trace: new TraceRecorder(),
    sources: {
      readHistory: async () => earlier.map((content) => ({ role: 'user', content }) as const),
      search: (query: string, limit: number) => searchPassages({ db }, { projectId, query, limit }),
      readCitedHeading: async () => null,
      searchHistory: async () => ({ here: [], elsewhere: [] }),
      readStored: storedQuoteReader(db.query),
      tables: noTables,
      catalog: documentCatalog(db.query, projectId),
      searchInDetail: (query: string, limit: number) => searchPassagesInDetail({ db }, { projectId, query, limit }),
    },
  }
  for await (const event of generateExtractive(input)) events.push(event)
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
  const citations = events.flatMap((event) =>
    event.type === 'citation' && event.citation.type === 'passage' ? [event.citation] : [],
  )
  return { text, citations, events }
}

it('answers with the sentence that fits, quoted, numbered and cited', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId, documentId } = await aHandbook(db)
  const { text, citations } = await ask(db, projectId, 'How much do tickets cost for children?')
  expect(text).toMatch(
    /^Your documents say:\n\n> Tickets cost twelve euros for adults and six euros for children\..* \[1\]\n\n/,
  )
  expect(text).toMatch(/Source: notes\.txt$/)
  expect(citations[0]).toMatchObject({
    number: 1,
    project_id: projectId,
    document_id: documentId,
    document_name: 'notes.txt',
    passage: 1,
    heading_path: ['Handbook'],
  })
})

it('cites verbatim, by code points, behind its marker', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId, documentId } = await aHandbook(db)
  const stored = [...((await readTextSlice(db.query, { projectId, documentId }, wholeText)) ?? '')]
  for (const question of ['Who founded the zoo?', 'When did the first lions arrive?', 'Why must dogs stay outside?']) {
    const { events } = await ask(db, projectId, question)
    let said = ''
    for (const event of events) {
      if (event.type === 'text-delta') said += event.text
      if (event.type !== 'citation' || event.citation.type !== 'passage') continue
      const { start, end, quote, number } = event.citation
      expect(stored.slice(start, end).join('')).toBe(quote)
      expect(said.endsWith(`> ${quote} [${number}]`)).toBe(true)
    }
    expect(said).toContain('[1]')
  }
})

it('brings the sentence before along when the best one begins with a pronoun', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  const { citations } = await ask(db, projectId, 'Who paid for the aquarium?')
  expect(citations[0]?.quote).toContain('It was founded by Maria Keller, a banker. She also paid for the aquarium.')
})

it('quotes three sentences at most', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const sentences = Array.from(
    { length: 30 },
    (_, i) => `Gate ${i} of the northern harbour was painted by worker ${i * 7}.`,
  )
  await addDocument(db, await aSource(db, projectId), aPreparedDocument([sentences.join(' ')]))
  const { citations } = await ask(db, projectId, 'Who painted the gates of the northern harbour?')
  expect(citations.flatMap(({ quote }) => quote.match(/Gate/g) ?? [])).toHaveLength(3)
})

it('says that it found only what comes closest when the documents speak of something near', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  const { text, citations } = await ask(db, projectId, 'Which architect designed the penguin house in Vienna?')
  expect(text).toMatch(/^I found no clear answer in your documents\. The closest passages I found:\n\n> /)
  expect(citations.length).toBeGreaterThan(0)
})

it('says that the documents do not say, without a quote, when nothing fits', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  for (const question of ['What is the capital of Mongolia?', 'How does photosynthesis work in algae first?']) {
    expect(await ask(db, projectId, question)).toMatchObject({ text: 'Your documents do not say.', citations: [] })
  }
})

it('quotes nothing when the documents share only words that ask, whatever passages those find', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const texts = [
    'How many kinds of names are there? Many, and many more names.',
    'The name of the kind is called a type.',
  ]
  await addDocument(db, await aSource(db, projectId), aPreparedDocument(texts))
  const questions = ['How many kinds of submarines are there?', 'What is the name of the submarine?']
  for (const question of questions) {
    expect(await searchPassages({ db }, { projectId, query: question, limit: 5 })).not.toEqual([])
    expect(await ask(db, projectId, question)).toMatchObject({ text: 'Your documents do not say.', citations: [] })
  }
})

it('quotes the rows of a table one by one', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const rows = Array.from({ length: 4 }, (_, i) => `boat ${i} | Bergen harbour | berth ${i + 40}`)
  const text = rows.join('\n')
  const changes = rows.map((row, i) => ({ start: text.indexOf(row), headingPath: [], row: i + 1 }))
  const passage = { text, headingPath: [], page: null, sheet: null, rowStart: 1, rowEnd: 4, changes }
  const prepared = prepareDocument({ text, language: 'en', passages: [{ ...passage, start: 0, end: text.length }] })
  await addDocument(db, await aSource(db, projectId), prepared)
  const { text: said, citations } = await ask(db, projectId, 'Which boats lie in Bergen harbour?')
  expect(citations).toHaveLength(3)
  for (const { quote, row_start, row_end } of citations) {
    expect([row_start, row_end]).toEqual([rows.indexOf(quote) + 1, rows.indexOf(quote) + 1])
  }
  expect(said).toMatch(/Sources: \[1\] notes\.txt, row \d, \[2\] notes\.txt, row \d, \[3\] notes\.txt, row \d$/)
})

it('never quotes a heading in place of a sentence, unless there is nothing else', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const passages = ['Opening hours of the zoo\n\nThe gate is unlocked at nine. In winter it is locked at six.']
  const prepared = aPreparedDocument(passages, { headingPath: ['Opening hours of the zoo'] })
  await addDocument(db, await aSource(db, projectId), prepared)
  const { citations } = await ask(db, projectId, 'What are the opening hours of the zoo?')
  expect(citations.length).toBeGreaterThan(0)
  for (const { quote } of citations) expect(quote).not.toBe('Opening hours of the zoo')
})

it('says how to add documents when there are none', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const { text } = await ask(db, projectId, 'Who founded the zoo?')
  expect(text).toMatch(/^There is nothing to search yet\. Add documents/)
})

it('greets back, and asks for more when there is nothing to look for', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  expect((await ask(db, projectId, 'Hello!')).text).toMatch(/^Hello! Ask me/)
  expect((await ask(db, projectId, 'Hi, who founded the zoo?')).text).toContain('Maria Keller')
  for (const question of ['what is it?', '???', '']) {
    expect((await ask(db, projectId, question)).text).toMatch(/^I need a few more words/)
  }
})

it('reads a follow-up together with the question before it, and only then', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  expect(
    (await ask(db, projectId, 'And when was it closed?', ['Tell me about the penguin house'])).citations[0]?.quote,
  ).toContain('March')
  expect((await ask(db, projectId, 'Who founded it?', ['When did the zoo open?'])).citations[0]?.quote).toContain(
    'Maria Keller',
  )
  const alone = await ask(db, projectId, 'How much do tickets cost for children?', ['Tell me about the penguin house'])
  expect(alone).toEqual(await ask(db, projectId, 'How much do tickets cost for children?'))
})

it('answers a German question from a German document', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aProject(db)
  const text =
    'Der Zoo wurde 1902 eröffnet. Gegründet hat ihn die Bankierin Maria Keller. Die Löwen kamen später aus Hamburg.'
  await addDocument(db, await aSource(db, projectId), aPreparedDocument([text], { language: 'de' }))
  expect((await ask(db, projectId, 'Wer hat den Zoo gegründet?')).citations[0]?.quote).toContain('Maria Keller')
})

it('stops when the answer is cancelled', async () => {
  await using db = await openTestDatabase('sqlite')
  const { projectId } = await aHandbook(db)
  const controller = new AbortController()
  const sources = {
    readHistory: async () => [],
    search: (query: string, limit: number) => searchPassages({ db }, { projectId, query, limit }),
    readCitedHeading: async () => null,
    searchHistory: async () => ({ here: [], elsewhere: [] }),
    readStored: storedQuoteReader(db.query),
    tables: noTables,
    catalog: documentCatalog(db.query, projectId),
    searchInDetail: (query: string, limit: number) => searchPassagesInDetail({ db }, { projectId, query, limit }),
  }
  const question = 'Who founded the zoo?'
  const events = generateExtractive({
    question,
    instructions: null,
    temperature: undefined,
    maxTokens: undefined,
    sources,
    trace: new TraceRecorder(),
    signal: controller.signal,
  })
  expect((await events.next()).value).toEqual({ type: 'text-delta', text: 'Your documents say:' })
  controller.abort()
  await expect(events.next()).rejects.toThrow('aborted')
})
