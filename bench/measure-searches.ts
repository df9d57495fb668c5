import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Database } from '../packages/server/src/database/database.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import { segmentCacheOf } from '../packages/server/src/retrieval/words/segment-cache.ts'
import { type BenchQuery, percentile } from './bench-data.ts'
import type { BenchProject } from './bench-project.ts'

const searchesAtOnce = 20

/**
 * Cold: nothing of the index is in the server's memory, as after a start; the database has its own cache. Warm: what
 * the cache kept of the same queries. The delay of a timer shows how long one search held the thread.
 */
export async function measureSearches(db: Database, { projectId }: BenchProject, queries: readonly BenchQuery[]) {
  const search = (query: BenchQuery) => searchPassages({ db }, { projectId, query: query.text, limit: 50 })
  for (const query of queries.slice(0, 20)) await search(query)
  const cold = await time(queries, async (query) => {
    segmentCacheOf(db).clear()
    return () => search(query)
  })
  for (const query of queries) await search(query)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const warm = await time(queries, async (query) => () => search(query))
  delay.disable()
  const crowd = await measureCrowd(queries, search)
  return {
    'cold: p50, p99, CPU': cold,
    'warm: p50, p99, CPU': warm,
    'longest block': `${(delay.max / 1e6).toFixed(1)} ms`,
    [`${searchesAtOnce} at once: delay of a timer, p50, p99, longest`]: crowd,
  }
}

/** Searches side by side all the time, of a cache that is warm: what everything else on the thread waits then. */
async function measureCrowd(queries: readonly BenchQuery[], search: (query: BenchQuery) => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const waiting = [...queries, ...queries, ...queries].values()
  const ask = async () => {
    for (const query of waiting) await search(query)
  }
  delay.enable()
  await Promise.all(Array.from({ length: searchesAtOnce }, ask))
  delay.disable()
  const ms = [delay.percentile(50), delay.percentile(99), delay.max].map((value) => (value / 1e6).toFixed(1))
  return `${ms.join(', ')} ms`
}

async function time(
  queries: readonly BenchQuery[],
  prepare: (query: BenchQuery) => Promise<() => Promise<unknown>>,
): Promise<string> {
  const times: number[] = []
  let cpu = 0
  for (const query of queries) {
    const run = await prepare(query)
    const [start, used] = [performance.now(), process.cpuUsage()]
    await run()
    times.push(performance.now() - start)
    const { user, system } = process.cpuUsage(used)
    cpu += (user + system) / 1000
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  times.sort((a, b) => a - b)
  const ms = [percentile(times, 0.5), percentile(times, 0.99), cpu / times.length].map((value) => value.toFixed(1))
  return `${ms.join(', ')} ms`
}
