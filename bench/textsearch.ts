import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { type Database, inTransaction } from '../packages/server/src/database/database.ts'
import { claimJobs } from '../packages/server/src/jobs/claim-store.ts'
import { createLogger } from '../packages/server/src/logger.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import { createTextsearchHandler } from '../packages/server/src/retrieval/textsearch/index-project.ts'
import { openTextsearch } from '../packages/server/src/retrieval/textsearch/open-word-index.ts'
import { textsearchKind } from '../packages/server/src/retrieval/textsearch/request-textsearch.ts'
import { tidyIndex } from '../packages/server/src/retrieval/words/tidy-index.ts'
import type { WordIndex } from '../packages/server/src/retrieval/words/word-index.ts'
import { openPglite } from '../packages/server/test/support/pglite.ts'
import { type BenchQuery, type BenchSet, percentile, readBenchOptions, readBenchSet } from './bench-data.ts'
import { type BenchProject, createBenchProject, prepareBenchDocument, storeBenchDocuments } from './bench-project.ts'
import { measureQuality } from './measure-quality.ts'
import { spliceDocuments } from './splice-documents.ts'

/** pg_textsearch against segments over the same passages, in PGlite: one process, so times are only good as ratios. */
const setNames = ['cranfield', 'xquad-en']
const signal = new AbortController().signal

async function openWords(db: Database): Promise<WordIndex> {
  const textsearch = await openTextsearch({ db, logger: createLogger('silent') }, { textsearchFrom: 0 })
  if (textsearch === undefined) throw new Error('PGlite has no pg_textsearch')
  return textsearch.words
}

/** The job that a server would run; returns what it took and how large its rows and index are. */
async function build(db: Database, { projectId }: BenchProject) {
  const textsearch = await openTextsearch({ db, logger: createLogger('silent') }, { textsearchFrom: 0 })
  await textsearch?.requestWhenLarge(projectId)
  const start = performance.now()
  for (const job of await claimJobs(db, { node: 'bench', kinds: [textsearchKind], limit: 1 })) {
    const write = await createTextsearchHandler({ db }).run(job, signal, new AsyncDisposableStack())
    await inTransaction(db, write)
    await db.query.deleteFrom('jobs').where('id', '=', job.id).execute()
  }
  const { rows } = await sql<{ table: number; index: number }>`
    select pg_table_size('textsearch_passages') as table,
      pg_relation_size(${`textsearch_${projectId.replaceAll('-', '')}`}::regclass) as index`.execute(db.query)
  return {
    'built in': `${((performance.now() - start) / 1000).toFixed(1)} s`,
    'index MB, rows MB': [rows[0]?.index, rows[0]?.table].map((bytes) => (Number(bytes) / 1e6).toFixed(1)).join(', '),
  }
}

/** Each question of both in turns. */
async function compare(db: Database, { projectId }: BenchProject, words: WordIndex, queries: readonly BenchQuery[]) {
  const [times, places]: [number[][], string[][]] = [
    [[], []],
    [[], []],
  ]
  let [same, shown] = [0, 0]
  for (const { text } of queries) {
    for (const [i, index] of [undefined, words].entries()) {
      const start = performance.now()
      const found = await searchPassages({ db, words: index }, { projectId, query: text, limit: 50 })
      times[i]?.push(performance.now() - start)
      places[i] = found.slice(0, 10).map(({ documentId, number, score }) => `${documentId}/${number}/${score}`)
    }
    shown += places[0]?.length ?? 0
    same += places[0]?.filter((place, i) => place === places[1]?.[i]).length ?? 0
  }
  const spread = times.map((ms) => ms.toSorted((a, b) => a - b))
  const describe = (fraction: number) => spread.map((ms) => percentile(ms, fraction).toFixed(1)).join(' and ')
  return {
    'same passage, place and score among the first 10': `${same} of ${shown}`,
    'segments and pg_textsearch, p50': `${describe(0.5)} ms`,
    p99: `${describe(0.99)} ms`,
  }
}

async function measureSet(db: Database, name: string, set: BenchSet): Promise<void> {
  const project = await createBenchProject(db)
  const documents = set.corpus.map(({ _id, title, text }) => ({
    name: _id,
    prepared: prepareBenchDocument(title, [text]),
  }))
  const names = await storeBenchDocuments(db, project, documents)
  await tidyIndex(db, project.projectId, signal)
  const built = await build(db, project)
  const words = await openWords(db)
  const quality = (index: WordIndex | undefined) =>
    measureQuality(set, names, (query) =>
      searchPassages({ db, words: index }, { projectId: project.projectId, query, limit: 100 }),
    )
  console.log(`${name}, ${set.corpus.length} passages`, {
    segments: await quality(undefined),
    pg_textsearch: await quality(words),
    ...built,
    ...(await compare(db, project, words, set.queries.slice(0, 200))),
  })
}

async function measureSize(db: Database, sets: readonly BenchSet[], passages: number): Promise<void> {
  const project = await createBenchProject(db)
  await storeBenchDocuments(db, project, spliceDocuments(sets, passages).documents())
  await tidyIndex(db, project.projectId, signal)
  const built = await build(db, project)
  const queries = sets.flatMap((set) => set.queries.slice(0, 100))
  console.log(`${passages} passages`, { ...built, ...(await compare(db, project, await openWords(db), queries)) })
}

const options = readBenchOptions()
const found = setNames.filter((name) => existsSync(join(options.data, name)))
const sets = found.map((name) => readBenchSet(join(options.data, name)))
await using db = await openPglite()
for (const [i, set] of sets.entries()) await measureSet(db, found[i] ?? '', set)
for (const passages of options.passages) await measureSize(db, sets, passages)
