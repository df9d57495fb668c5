import type { DocumentId, ProjectId, SourceId } from '../ids.ts'

/** A passage found by a search, with where it stands. */
export interface FoundPassage {
  readonly projectId: ProjectId
  readonly sourceId: SourceId
  readonly documentId: DocumentId
  readonly documentName: string
  /** Of the document, as `detectLanguage` names it. */
  readonly language: string
  /** 0, 1, 2 … within the document. */
  readonly number: number
  readonly text: string
  readonly headingPath: readonly string[]
  readonly page: number | null
  readonly sheet: string | null
  readonly rowStart: number | null
  readonly rowEnd: number | null
  /** Half-open range in the document's text, in Unicode code points. */
  readonly start: number
  readonly end: number
  /** BM25; only comparable within one search. */
  readonly score: number
}

/** A search with what scored it, for callers that judge how well the question was met. */
export interface PassageSearch {
  readonly passages: readonly FoundPassage[]
  /** Inverse document frequency of every term of the query, found or not. */
  readonly termWeights: ReadonlyMap<string, number>
  /** Passages of the whole project; 0 means that there is nothing to search. */
  readonly passageCount: number
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
}
