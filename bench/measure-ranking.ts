import type { BenchSet } from './bench-data.ts'

/** nDCG@10 with linear gain, recall@10 and @100, and the reciprocal rank within 10, over the queries that have judgements. */
export async function measureRanking(set: BenchSet, rank: (query: string) => Promise<readonly string[]>) {
  const sums = { 'nDCG@10': 0, 'recall@10': 0, 'recall@100': 0, 'MRR@10': 0 }
  const judged = set.queries.filter((query) => set.judgements.has(query._id))
  for (const query of judged) {
    const grades = set.judgements.get(query._id) ?? new Map<string, number>()
    const gains = (await rank(query.text)).map((name) => grades.get(name) ?? 0)
    const relevant = [...grades.values()].filter((grade) => grade > 0)
    const found = (limit: number) => gains.slice(0, limit).filter((gain) => gain > 0).length / relevant.length
    const first = gains.slice(0, 10).findIndex((gain) => gain > 0)
    sums['nDCG@10'] += discounted(gains) / discounted(relevant.toSorted((a, b) => b - a))
    sums['recall@10'] += found(10)
    sums['recall@100'] += found(100)
    sums['MRR@10'] += first === -1 ? 0 : 1 / (first + 1)
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, (sum / judged.length).toFixed(3)]))
}

function discounted(gains: readonly number[]): number {
  return gains.slice(0, 10).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0)
}
