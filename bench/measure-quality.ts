import type { DocumentId } from '../packages/server/src/ids.ts'
import type { BenchSet } from './bench-data.ts'

/** nDCG@10 with linear gain, recall@10, recall@100 and MRR@10 over the queries that have judgements. */
export async function measureQuality(
  set: BenchSet,
  names: ReadonlyMap<DocumentId, string>,
  search: (query: string) => Promise<readonly { readonly documentId: DocumentId }[]>,
): Promise<Record<string, string>> {
  const sums = { 'nDCG@10': 0, 'recall@10': 0, 'recall@100': 0, 'MRR@10': 0 }
  const judged = set.queries.filter((query) => set.judgements.has(query._id))
  for (const query of judged) {
    const grades = set.judgements.get(query._id) ?? new Map<string, number>()
    const gains = (await search(query.text)).map(({ documentId }) => grades.get(names.get(documentId) ?? '') ?? 0)
    const discounted = (values: readonly number[]) =>
      values.slice(0, 10).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0)
    const relevant = [...grades.values()].filter((grade) => grade > 0)
    sums['nDCG@10'] += discounted(gains) / discounted(relevant.toSorted((a, b) => b - a))
    sums['recall@10'] += gains.slice(0, 10).filter((gain) => gain > 0).length / relevant.length
    sums['recall@100'] += gains.slice(0, 100).filter((gain) => gain > 0).length / relevant.length
    const first = gains.slice(0, 10).findIndex((gain) => gain > 0)
    sums['MRR@10'] += first === -1 ? 0 : 1 / (first + 1)
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, (sum / judged.length).toFixed(3)]))
}
