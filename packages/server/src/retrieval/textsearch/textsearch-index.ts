import type { Database } from '../../database/database.ts'
import { analyseQuestion } from '../analysis/analyse-question.ts'
import type { ScoredPlace } from '../fuse-scores.ts'
import { createScorer, inverseDocumentFrequency } from '../words/score-bm25.ts'
import { comparePlaces, millisecondsSince, retryReplaced, sumStatistics } from '../words/search-words.ts'
import { readSegments } from '../words/segment-store.ts'
import type { FoundByWords, WordQuery } from '../words/word-index.ts'
import { readHolding } from './holding-store.ts'
import { encodeTerm } from './passage-terms.ts'
import { searchTerms, type TermsRow } from './textsearch-store.ts'

/** The extension rounds lengths, so that places change by a few: so many more than asked for are read and scored anew. */
const spare = 20
/** With a filter or a phrase so many are looked through; whoever has too few then is asked of the segments. */
const lookedThrough = [500, 2_500]

/**
 * Asks pg_textsearch for the best passages, and scores those few by the project's own counts, as segments are scored.
 * Undefined when its answer may not be the whole one.
 */
export async function findByTextsearch(db: Database, query: WordQuery): Promise<FoundByWords | undefined> {
  return await retryReplaced(async () => {
    const start = performance.now()
    const segments = await readSegments(db.query, query.projectId, 'visible')
    const statistics = sumStatistics(segments)
    const terms = analyseQuestion(query.query, statistics.languages)
    if (terms.size === 0) return undefined
    const holding = await readHolding(db, query.projectId, segments, [...terms.keys()])
    const { passageCount } = statistics
    const termWeights = new Map(
      [...holding].map(([term, count]) => [
        term,
        inverseDocumentFrequency(passageCount, Math.min(count, passageCount)),
      ]),
    )
    const scorer = createScorer(terms, termWeights, statistics)
    const encoded = new Map([...terms.keys()].map((term) => [term, encodeTerm(term)]))
    const toPlace = ({ documentId, number, terms: text }: TermsRow): ScoredPlace => {
      const { length, counts } = countWords(text)
      const frequencyOf = (term: string) => counts.get(encoded.get(term) ?? '') ?? 0
      return { documentId, number, score: scorer({ length, frequencyOf }) }
    }
    const words = [...terms].flatMap(([term, count]) => new Array<string>(count).fill(encoded.get(term) ?? ''))
    const search = async (limit: number) => {
      const rows = await searchTerms(db, query.projectId, words.join(' '), limit)
      const places = rows.map(toPlace).filter(({ score }) => score > 0)
      return { places: places.sort(comparePlaces), isAll: places.length < limit }
    }
    const places = await takeAllowed(query, search)
    if (places === undefined) return undefined
    const details = { index: 'pg_textsearch' as const, segments: 1, ms: millisecondsSince(start) }
    return { places, termWeights, passageCount, details }
  })
}

type Search = (limit: number) => Promise<{ readonly places: readonly ScoredPlace[]; readonly isAll: boolean }>

async function takeAllowed(
  { limit, documents, pick }: WordQuery,
  search: Search,
): Promise<readonly ScoredPlace[] | undefined> {
  if (documents === undefined && pick === undefined) return (await search(limit * 2 + spare)).places.slice(0, limit)
  for (const wanted of lookedThrough) {
    const { places, isAll } = await search(wanted)
    // The last ones may be in another order, or not be the last at all.
    const certain = isAll ? places : places.slice(0, -spare)
    const ofDocuments = documents === undefined ? certain : certain.filter((place) => documents.has(place.documentId))
    const allowed = pick === undefined ? ofDocuments : await pick(ofDocuments)
    if (isAll || allowed.length >= limit) return allowed.slice(0, limit)
  }
  return undefined
}

function countWords(text: string) {
  const counts = new Map<string, number>()
  let length = 0
  for (const word of text.split(' ')) {
    if (word === '') continue
    length++
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return { length, counts }
}
