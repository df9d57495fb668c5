import type { DocumentId, ProjectId, SourceId } from '../ids.ts'

/** From `start` on, up to the next change or the passage's end, all stands under these headings and in this row. */
export interface PlaceChange {
  readonly start: number
  readonly headingPath: readonly string[]
  readonly row: number | null
}

/** A passage found by a search, with where it stands. */
export interface FoundPassage {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
  readonly documentId: DocumentId
  readonly documentName: string
  /** Of the document, as `detectLanguage` names it. */
  readonly language: string
  /** One after the other within the document. */
  readonly number: number
  readonly text: string
  /** What all of it stands under. */
  readonly headingPath: readonly string[]
  readonly page: number | null
  readonly sheet: string | null
  readonly rowStart: number | null
  readonly rowEnd: number | null
  /** Half-open range in the document's text, in Unicode code points. */
  readonly start: number
  readonly end: number
  /** Where headings and rows change within it, in order, the first from its start; null when nothing changes. */
  readonly changes: readonly PlaceChange[] | null
  /** What the order goes by; only comparable within one search. */
  readonly score: number
  readonly scores: ComponentScores
}

/** What each part of a search made of a passage; null where it was not among that part's best, or was not asked. */
export interface ComponentScores {
  readonly bm25: number | null
  /** Cosine. */
  readonly vector: number | null
  /** Weighted sum of both, each from 0 to 1 within the search. */
  readonly fused: number | null
  /** The reranker's. */
  readonly rerank: number | null
}

/** How the words were searched for. */
export interface WordSearchDetails {
  /** What answered. */
  readonly index: 'postings' | 'pg_textsearch'
  readonly segments: number
  readonly ms: number
}

/** How a search was made. Null where nothing of the kind is configured. */
export interface SearchDetails {
  readonly words: WordSearchDetails
  readonly vectors:
    | { readonly type: 'searched'; readonly model: string; readonly index: 'exact' | 'lists' | 'pgvector' }
    | { readonly type: 'skipped'; readonly reason: string }
    | null
  readonly rerank:
    | { readonly type: 'reranked'; readonly model: string | null }
    | { readonly type: 'skipped'; readonly reason: string }
    | null
}

/** A search with what scored it, for callers that judge how well the question was met. */
export interface PassageSearch {
  readonly passages: readonly FoundPassage[]
  /** Inverse document frequency of every term of the query, found or not. */
  readonly termWeights: ReadonlyMap<string, number>
  /** Passages of the whole project; 0 means that there is nothing to search. */
  readonly passageCount: number
  readonly details: SearchDetails
}

/** A passage as the parser's text was cut, before it is stored. Offsets count UTF-16 units here, as JavaScript slices. */
export interface NewPassage {
  readonly text: string
  readonly headingPath: readonly string[]
  readonly page: number | null
  readonly sheet: string | null
  readonly rowStart: number | null
  readonly rowEnd: number | null
  readonly start: number
  readonly end: number
  readonly changes: readonly PlaceChange[] | null
}

/** The headings and rows of what stands at a range within a passage, in the units that the passage is given in. */
export function locateInPassage(
  passage: Pick<NewPassage, 'headingPath' | 'rowStart' | 'rowEnd' | 'changes'>,
  range: { readonly start: number; readonly end: number },
): Pick<NewPassage, 'headingPath' | 'rowStart' | 'rowEnd'> {
  const { changes, headingPath, rowStart, rowEnd } = passage
  if (changes === null) return { headingPath, rowStart, rowEnd }
  const first = Math.max(
    0,
    changes.findLastIndex(({ start }) => start <= range.start),
  )
  const touched = changes.slice(first).filter(({ start }, index) => index === 0 || start < range.end)
  const rows = touched.flatMap(({ row }) => row ?? [])
  return {
    headingPath: commonPath(touched.map((change) => change.headingPath)),
    rowStart: rows[0] ?? null,
    rowEnd: rows.at(-1) ?? null,
  }
}

/** The headings that all stand under. */
export function commonPath([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  const differs = first.findIndex((heading, index) => others.some((path) => path[index] !== heading))
  return differs === -1 ? first : first.slice(0, differs)
}
