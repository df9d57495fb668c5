import type { DocumentId, ProjectId, SourceId } from '../ids.ts'

/** Where a quote stands. `quote` is verbatim in the document's stored text at `[start, end)`. */
export interface Citation {
  /** The `n` of the `[n]` marker in the answer. */
  readonly number: number
  readonly project_id: ProjectId
  readonly data_source_id: SourceId
  readonly document_id: DocumentId
  readonly document_name: string
  /** Number of the passage within the document. */
  readonly passage: number
  readonly page: number | null
  readonly sheet: string | null
  readonly row_start: number | null
  readonly row_end: number | null
  readonly heading_path: readonly string[]
  /** Half-open range in the document's text, in Unicode code points. */
  readonly start: number
  readonly end: number
  readonly quote: string
}
