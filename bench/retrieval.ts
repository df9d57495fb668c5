import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../packages/server/src/database/database.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import { readSegments } from '../packages/server/src/retrieval/words/segment-store.ts'
import { tidyIndex } from '../packages/server/src/retrieval/words/tidy-index.ts'
import { type BenchQuery, type BenchSet, readBenchOptions, readBenchSet } from './bench-data.ts'
import {
  type BenchProject,
  createBenchProject,
  findBenchProject,
  openBenchDatabases,
  prepareBenchDocument,
  storeBenchDocuments,
} from './bench-project.ts'
import { readIndexBytes, readPackedBytes } from './index-size.ts'
import { measureQuality } from './measure-quality.ts'
import { measureRanking } from './measure-ranking.ts'
import { measureSearches } from './measure-searches.ts'
import { rankByTheBook } from './reference-bm25.ts'
import { type Spliced, spliceDocuments } from './splice-documents.ts'

const setNames = ['cranfield', 'xquad-en']
const neighbours = 99
const signal = new AbortController().signal

/** Every document of a set is one passage. */
async function measureSet(db: Database, name: string, set: BenchSet): Promise<void> {
  const project = await createBenchProject(db)
  const prepared = set.corpus.map(({ _id, title, text }) => ({
    name: _id,
    prepared: prepareBenchDocument(title, [text]),
  }))
  const textBytes = set.corpus.reduce((sum, document) => sum + Buffer.byteLength(document.text), 0)
  const { names, built } = await index(db, project, { documents: () => prepared, textBytes, passages: prepared.length })
  const quality = await measureQuality(set, names, (query) =>
    searchPassages({ db }, { projectId: project.projectId, query, limit: 100 }),
  )
  const byTheBook = rankByTheBook(set)
  const reference = (await measureRanking(set, async (query) => byTheBook(query)))['nDCG@10']
  console.log(`${db.engine}, ${name}, ${set.corpus.length} passages`, {
    ...quality,
    'nDCG@10 of BM25 by the book': reference,
    difference: (Number(quality['nDCG@10']) - Number(reference)).toFixed(3),
    ...built,
    ...(await measureSearches(db, project, set.queries)),
  })
}

/** As a server does it: segments are merged while documents arrive. */
async function index(db: Database, project: BenchProject, { documents, textBytes, passages }: Spliced) {
  const before = await readIndexBytes(db)
  const start = performance.now()
  const names = await storeBenchDocuments(db, project, documents(), () => tidyIndex(db, project.projectId, signal))
  const seconds = (performance.now() - start) / 1000
  const bytes = (await readIndexBytes(db)) - before
  const packed = (await readPackedBytes(db)) - before
  const built = {
    indexed: `${seconds.toFixed(1)} s`,
    'passages a second': Math.round(passages / seconds),
    'MB of text a second': (textBytes / 1e6 / seconds).toFixed(2),
    'index MB': (bytes / 1e6).toFixed(1),
    'index bytes per byte of text': (bytes / textBytes).toFixed(2),
    'the same without free room': (packed / textBytes).toFixed(2),
    segments: (await readSegments(db.query, project.projectId, 'visible')).length,
  }
  return { names, built }
}

async function measureSize(db: Database, queries: readonly BenchQuery[], sets: readonly BenchSet[], passages: number) {
  const name = `passages-${passages}`
  const kept = await findBenchProject(db, name)
  const project = kept ?? (await createBenchProject(db, name))
  const built =
    kept === undefined ? (await index(db, project, spliceDocuments(sets, passages))).built : { indexed: 'before' }
  console.log(`${db.engine}, ${passages} passages in one project`, {
    ...built,
    ...(await measureSearches(db, project, queries)),
  })
  for (let i = 0; i < neighbours; i++) {
    const neighbour = `beside-${passages}-${i}`
    if ((await findBenchProject(db, neighbour)) !== undefined) continue
    await index(db, await createBenchProject(db, neighbour), spliceDocuments(sets, Math.ceil(passages / neighbours)))
  }
  console.log(
    `${db.engine}, the same among ${neighbours + 1} projects of ${2 * passages} passages`,
    await measureSearches(db, project, queries),
  )
}

const options = readBenchOptions()
const found = setNames.filter((name) => existsSync(join(options.data, name)))
const sets = found.map((name) => readBenchSet(join(options.data, name)))
const queries = sets.flatMap((set) => set.queries.slice(0, 100))
for await (const db of openBenchDatabases(options.databaseUrl, options.engine, options.dataDir)) {
  for (const [i, set] of sets.entries()) await measureSet(db, found[i] ?? '', set)
  for (const passages of options.passages) await measureSize(db, queries, sets, passages)
}
