import { join } from 'node:path'
import type { Database } from '../packages/server/src/database/database.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import { segmentCacheOf } from '../packages/server/src/retrieval/words/segment-cache.ts'
import { tidyIndex } from '../packages/server/src/retrieval/words/tidy-index.ts'
import { type BenchQuery, percentile, readBenchOptions, readBenchSet } from './bench-data.ts'
import {
  type BenchProject,
  createBenchProject,
  openBenchDatabases,
  prepareBenchDocument,
  storeBenchDocuments,
} from './bench-project.ts'
import { spliceDocuments } from './splice-documents.ts'

/**
 * A small project of a thousand passages or so in two databases: alone in the one, among 99 others in the other. Each
 * question is asked of both in turns, so that whatever else the machine does falls on both.
 */
const neighbours = 99
const rounds = 3
const signal = new AbortController().signal
const options = readBenchOptions()
const set = readBenchSet(join(options.data, 'cranfield'))

interface Place {
  readonly db: Database
  readonly project: BenchProject
}

async function storeSmall(db: Database): Promise<Place> {
  const project = await createBenchProject(db)
  const documents = set.corpus.map(({ _id, title, text }) => ({
    name: _id,
    prepared: prepareBenchDocument(title, [text]),
  }))
  await storeBenchDocuments(db, project, documents, () => tidyIndex(db, project.projectId, signal))
  return { db, project }
}

async function storeNeighbours(db: Database, passages: number): Promise<void> {
  for (let i = 0; i < neighbours; i++) {
    const project = await createBenchProject(db)
    await storeBenchDocuments(db, project, spliceDocuments([set], Math.ceil(passages / neighbours)).documents())
    await tidyIndex(db, project.projectId, signal)
  }
}

async function timeSearch({ db, project }: Place, query: BenchQuery, isCold: boolean): Promise<number> {
  if (isCold) segmentCacheOf(db).clear()
  const start = performance.now()
  await searchPassages({ db }, { projectId: project.projectId, query: query.text, limit: 50 })
  return performance.now() - start
}

async function compare(alone: Place, crowded: Place, isCold: boolean): Promise<string> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    for (const [i, query] of set.queries.entries()) {
      const order = i % 2 === 0 ? [0, 1] : [1, 0]
      for (const which of order) {
        const ms = await timeSearch(which === 0 ? alone : crowded, query, isCold)
        // The first round fills what caches there are.
        if (round > 0) times[which]?.push(ms)
      }
    }
  }
  const [one, other] = times.map((ms) =>
    percentile(
      ms.toSorted((a, b) => a - b),
      0.5,
    ),
  )
  return `${one?.toFixed(1)} and ${other?.toFixed(1)} ms, ${((other ?? 0) / (one ?? 1)).toFixed(2)} times`
}

async function measure(engine: string, passages: number): Promise<void> {
  for await (const empty of openBenchDatabases(undefined, engine)) {
    for await (const full of openBenchDatabases(undefined, engine)) {
      const [alone, crowded] = [await storeSmall(empty), await storeSmall(full)]
      await storeNeighbours(full, passages)
      console.log(`${engine}, ${set.corpus.length} passages alone, and among ${neighbours} projects of ${passages}`, {
        'cold p50': await compare(alone, crowded, true),
        'warm p50': await compare(alone, crowded, false),
      })
    }
  }
}

for (const passages of options.passages) {
  for (const engine of options.engine === undefined ? ['sqlite', 'postgres'] : [options.engine]) {
    await measure(engine, passages)
  }
}
