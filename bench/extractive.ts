import { join } from 'node:path'
import { storedQuoteReader } from '../packages/server/src/answers/citations/stored-quote-store.ts'
import { findExtractiveAnswer } from '../packages/server/src/answers/generators/extractive.ts'
import { parseQuestion } from '../packages/server/src/answers/generators/extractive-question.ts'
import { chooseQuotes } from '../packages/server/src/answers/generators/extractive-quotes.ts'
import { scoreSentences } from '../packages/server/src/answers/generators/extractive-sentences.ts'
import { noTables } from '../packages/server/src/answers/table-access.ts'
import { TraceRecorder } from '../packages/server/src/answers/traces/trace-recorder.ts'
import { type Database, inTransaction } from '../packages/server/src/database/database.ts'
import { type DocumentId, type FileId, newId, type SourceId } from '../packages/server/src/ids.ts'
import { analyseText } from '../packages/server/src/retrieval/analysis/analyse-text.ts'
import { splitSentences } from '../packages/server/src/retrieval/analysis/split-sentences.ts'
import { documentCatalog } from '../packages/server/src/retrieval/document-catalog-store.ts'
import { removeDocuments, storeDocument } from '../packages/server/src/retrieval/document-store.ts'
import { searchPassages, searchPassagesInDetail } from '../packages/server/src/retrieval/search-passages.ts'
import { inverseDocumentFrequency } from '../packages/server/src/retrieval/words/score-bm25.ts'
import { type BenchQuery, type BenchSet, percentile, readBenchOptions, readBenchSet } from './bench-data.ts'
import {
  addBenchSource,
  type BenchProject,
  createBenchProject,
  openBenchSqlite,
  prepareBenchDocument,
} from './bench-project.ts'

function ask(db: Database, { projectId }: BenchProject, question: string) {
  return findExtractiveAnswer({
    question,
    instructions: null,
    temperature: undefined,
    maxTokens: undefined,
    signal: new AbortController().signal,
    trace: new TraceRecorder(),
    sources: {
      readHistory: () => Promise.resolve([]),
      search: (query, limit) => searchPassages({ db }, { projectId, query, limit }),
      readCitedHeading: async () => null,
      searchHistory: async () => ({ here: [], elsewhere: [] }),
      readStored: storedQuoteReader(db.query),
      tables: noTables,
      catalog: documentCatalog(db.query, projectId),
      searchInDetail: (query, limit) => searchPassagesInDetail({ db }, { projectId, query, limit }),
    },
  })
}

/** Each paragraph is a document of one source, so that it can be taken out by itself. */
async function storeParagraphs(
  db: Database,
  project: BenchProject,
  paragraphs: readonly { _id: string; title: string; text: string }[],
) {
  const removers = new Map<string, { remove: () => Promise<void>; restore: () => Promise<void> }>()
  for (const { _id, title, text } of paragraphs) {
    const sourceId = newId<SourceId>()
    await addBenchSource(db, { projectId: project.projectId, sourceId })
    const prepared = prepareBenchDocument(title, [text])
    const restore = () =>
      inTransaction(db, (tx) => {
        const document = {
          ...project,
          sourceId,
          fileId: newId<FileId>(),
          id: newId<DocumentId>(),
          name: title,
          mediaType: 'text/plain',
          contentHash: _id,
        }
        return storeDocument(tx, document, prepared)
      })
    await restore()
    removers.set(_id, {
      restore,
      remove: () => inTransaction(db, (tx) => removeDocuments(tx, project.projectId, sourceId)),
    })
  }
  return removers
}

const holdsAnswer = (query: BenchQuery, text: string) =>
  query.answers?.some((answer) => text.includes(answer.text)) ?? false

/**
 * How hard the set is for any method: plain BM25 over all its sentences, no passages and no formula. Two sets' figures
 * can only be compared beside this one.
 */
function measureBaseline({ corpus, queries }: BenchSet): string {
  const sentences = corpus.flatMap(({ text }) =>
    splitSentences(text, 'en').map(({ start, end }) => {
      const sentence = text.slice(start, end)
      const terms = analyseText(sentence, 'en')
      return { text: sentence, length: terms.length, counts: Map.groupBy(terms, (term) => term) }
    }),
  )
  const meanLength = sentences.reduce((sum, { length }) => sum + length, 0) / sentences.length
  const holding = new Map<string, number>()
  for (const { counts } of sentences) for (const term of counts.keys()) holding.set(term, (holding.get(term) ?? 0) + 1)
  const score = (terms: readonly string[], { counts, length }: (typeof sentences)[number]) =>
    terms.reduce((sum, term) => {
      const frequency = counts.get(term)?.length ?? 0
      const norm = frequency + 1.2 * (0.25 + (0.75 * length) / meanLength)
      return sum + (inverseDocumentFrequency(sentences.length, holding.get(term) ?? 0) * 2.2 * frequency) / norm
    }, 0)
  const right = queries.filter((query) => {
    const terms = analyseText(query.text, 'en')
    const scores = sentences.map((sentence) => score(terms, sentence))
    return holdsAnswer(query, sentences[scores.indexOf(Math.max(...scores))]?.text ?? '')
  })
  return share(right.length, queries.length)
}

/** The best sentence by itself: the first quote may hold its neighbours too. */
async function findFirstSentence(db: Database, { projectId }: BenchProject, question: string): Promise<string> {
  const search = await searchPassagesInDetail({ db }, { projectId, query: question, limit: 5 })
  return (
    chooseQuotes(
      scoreSentences(search, (language) => parseQuestion(question, '', language)),
      1,
    )[0]?.text ?? ''
  )
}

const share = (count: number, total: number) => `${((100 * count) / total).toFixed(1)} %`

async function measureAnswers(db: Database, project: BenchProject, queries: readonly BenchQuery[]) {
  const found = { 'first sentence': 0, 'first quote, with joined neighbours': 0, 'all quotes, 3 sentences at most': 0 }
  const states = { answer: 0, closest: 0, unknown: 0 }
  const times: number[] = []
  for (const query of queries) {
    const start = performance.now()
    const { state, quotes } = await ask(db, project, query.text)
    times.push(performance.now() - start)
    if (holdsAnswer(query, await findFirstSentence(db, project, query.text))) found['first sentence']++
    if (holdsAnswer(query, quotes[0]?.text ?? '')) found['first quote, with joined neighbours']++
    if (quotes.some(({ text }) => holdsAnswer(query, text))) found['all quotes, 3 sentences at most']++
    if (state in states) states[state as 'answer']++
  }
  times.sort((a, b) => a - b)
  const shares = Object.entries({ ...found, ...states }).map(([name, count]) => [name, share(count, queries.length)])
  return {
    ...Object.fromEntries(shares),
    p50: `${percentile(times, 0.5).toFixed(1)} ms`,
    p99: `${percentile(times, 0.99).toFixed(1)} ms`,
  }
}

const options = readBenchOptions()
const set = readBenchSet(join(options.data, options.set ?? 'xquad-en'))
const goldOf = (query: BenchQuery) => [...(set.judgements.get(query._id)?.keys() ?? [])][0] ?? ''
// One engine is enough: the ranking is the same on both.
for await (const db of openBenchSqlite()) {
  const project = await createBenchProject(db)
  const removers = await storeParagraphs(db, project, set.corpus)
  console.log('best sentence of all by BM25 alone holds the gold answer', measureBaseline(set))
  console.log(
    `${set.queries.length} questions, gold answer string within the quotes`,
    await measureAnswers(db, project, set.queries),
  )
  let refused = 0
  const states: Record<string, number> = {}
  for (const [gold, queries] of Map.groupBy(set.queries, goldOf)) {
    await removers.get(gold)?.remove()
    for (const query of queries) {
      const { state } = await ask(db, project, query.text)
      states[state] = (states[state] ?? 0) + 1
      if (state !== 'answer') refused++
    }
    await removers.get(gold)?.restore()
  }
  console.log('gold paragraph removed: refuses or says "closest passages"', share(refused, set.queries.length), states)
}
