import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Database } from '../packages/server/src/database/database.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import { type BenchSet, percentile, readBenchOptions, readBenchSet, seededRandom } from './bench-data.ts'
import {
  type BenchProject,
  createBenchProject,
  openBenchDatabases,
  prepareBenchDocument,
  storeBenchDocuments,
} from './bench-project.ts'

const passagesPerDocument = 40

/** nDCG@10 with linear gain, recall@10 and recall@100 over the queries that have judgements. */
async function measureQuality(db: Database, project: BenchProject, names: ReadonlyMap<string, string>, set: BenchSet) {
  const sums = { ndcg10: 0, recall10: 0, recall100: 0 }
  const judged = set.queries.filter((query) => set.judgements.has(query._id))
  for (const query of judged) {
    const grades = set.judgements.get(query._id) ?? new Map<string, number>()
    const found = await searchPassages({ db }, { projectId: project.projectId, query: query.text, limit: 100 })
    const gains = found.map(({ documentId }) => grades.get(names.get(documentId) ?? '') ?? 0)
    const discounted = (values: readonly number[]) =>
      values.slice(0, 10).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0)
    const relevant = [...grades.values()].filter((grade) => grade > 0)
    sums.ndcg10 += discounted(gains) / discounted(relevant.toSorted((a, b) => b - a))
    sums.recall10 += gains.slice(0, 10).filter((gain) => gain > 0).length / relevant.length
    sums.recall100 += gains.filter((gain) => gain > 0).length / relevant.length
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, (sum / judged.length).toFixed(3)]))
}

async function measureSpeed(db: Database, project: BenchProject, set: BenchSet) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const times: number[] = []
  for (const round of [0, 1]) {
    if (round === 1) delay.enable()
    for (const query of set.queries.slice(0, 200)) {
      const start = performance.now()
      await searchPassages({ db }, { projectId: project.projectId, query: query.text, limit: 50 })
      if (round === 1) times.push(performance.now() - start)
      // So that the delay of a timer shows how long one search held the thread.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  delay.disable()
  times.sort((a, b) => a - b)
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return { p50: ms(percentile(times, 0.5)), p99: ms(percentile(times, 0.99)), 'longest block': ms(delay.max / 1e6) }
}

/** Documents whose passages are four sentences of the set's, drawn anew: some 100 words each. */
function* spliceDocuments(set: BenchSet, passages: number) {
  const random = seededRandom(7)
  const sentences = set.corpus
    .flatMap(({ text }) => text.split(/(?<=[.!?])\s+/))
    .filter((sentence) => sentence.length > 20)
  const draw = () => sentences[Math.floor(random() * sentences.length)] ?? ''
  for (let i = 0; i < passages; i += passagesPerDocument) {
    const count = Math.min(passagesPerDocument, passages - i)
    const texts = Array.from({ length: count }, () => Array.from({ length: 4 }, draw).join(' '))
    yield { name: `spliced-${i}`, prepared: prepareBenchDocument('', texts) }
  }
}

const options = readBenchOptions()
const set = readBenchSet(join(options.data, options.set ?? 'cranfield'))
for await (const db of openBenchDatabases(options.databaseUrl)) {
  const project = await createBenchProject(db)
  const documents = set.corpus.map(({ _id, title, text }) => ({
    name: _id,
    prepared: prepareBenchDocument(title, [text]),
  }))
  const names = await storeBenchDocuments(db, project, documents)
  console.log(`${db.engine}, ${set.corpus.length} passages`, {
    ...(await measureQuality(db, project, names, set)),
    ...(await measureSpeed(db, project, set)),
  })
  const large = await createBenchProject(db)
  const start = performance.now()
  await storeBenchDocuments(db, large, spliceDocuments(set, options.passages))
  const seconds = `${((performance.now() - start) / 1000).toFixed(0)} s`
  console.log(`${db.engine}, ${options.passages} passages`, {
    indexed: seconds,
    ...(await measureSpeed(db, large, set)),
  })
}
