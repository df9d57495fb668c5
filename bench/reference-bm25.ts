import { analyseText } from '../packages/server/src/retrieval/analysis/analyse-text.ts'
import type { BenchSet } from './bench-data.ts'

const k1 = 1.2
const b = 0.75

/**
 * BM25 by the book over the same terms: every document is scored for every query, from counts in plain maps, without
 * segments, packed postings or SQL. What the server ranks has to come to the same quality.
 */
export function rankByTheBook({ corpus }: Pick<BenchSet, 'corpus'>): (query: string) => string[] {
  const documents = corpus.map(({ _id, title, text }) => {
    const terms = analyseText(title === '' ? text : `${title}\n${text}`, 'en')
    const counts = new Map<string, number>()
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    return { name: _id, counts, length: terms.length }
  })
  const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / documents.length
  return (query) => {
    const terms = analyseText(query, 'en').map((term) => {
      const holding = documents.filter(({ counts }) => counts.has(term)).length
      return { term, weight: Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5)) }
    })
    const scored = documents.map(({ name, counts, length }) => {
      const norm = k1 * (1 - b + (b * length) / meanLength)
      const score = terms.reduce((sum, { term, weight }) => {
        const count = counts.get(term) ?? 0
        return sum + (weight * count * (k1 + 1)) / (count + norm)
      }, 0)
      return { name, score }
    })
    return scored
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, 100)
      .map(({ name }) => name)
  }
}
