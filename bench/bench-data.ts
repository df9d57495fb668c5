import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

export interface BenchDocument {
  readonly _id: string
  readonly title: string
  readonly text: string
}

export interface BenchQuery {
  readonly _id: string
  readonly text: string
  readonly answers?: readonly { readonly text: string; readonly start: number }[]
}

export interface BenchSet {
  readonly corpus: readonly BenchDocument[]
  readonly queries: readonly BenchQuery[]
  /** Graded judgements by query, then document. */
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>
}

export function readBenchOptions() {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      'database-url': { type: 'string' },
      engine: { type: 'string' },
      'data-dir': { type: 'string' },
      passages: { type: 'string' },
      set: { type: 'string' },
    },
  })
  const data = values.data ?? process.env['QUORY_BENCH_DATA']
  if (data === undefined) throw new Error('Where is the data? Give --data DIR or set QUORY_BENCH_DATA.')
  return {
    data,
    databaseUrl: values['database-url'],
    engine: values.engine,
    dataDir: values['data-dir'],
    passages: (values.passages ?? '100000').split(',').map(Number),
    set: values.set,
  }
}

/** A folder of `corpus.jsonl`, `queries.jsonl` and `qrels.jsonl`. */
export function readBenchSet(folder: string): BenchSet {
  const judgements = new Map<string, Map<string, number>>()
  for (const row of readLines<{ 'query-id': string; 'corpus-id': string; score: number }>(
    join(folder, 'qrels.jsonl'),
  )) {
    const grades = judgements.get(row['query-id']) ?? new Map<string, number>()
    judgements.set(row['query-id'], grades.set(row['corpus-id'], row.score))
  }
  return {
    corpus: readLines(join(folder, 'corpus.jsonl')),
    queries: readLines(join(folder, 'queries.jsonl')),
    judgements,
  }
}

function readLines<T>(file: string): T[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** A repeatable sequence of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
