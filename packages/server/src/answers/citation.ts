import type { DocumentId, FileId, ProjectId, SourceId } from '../ids.ts'

/** What a marker of an answer rests on. */
export type Citation = PassageCitation

interface CitationMark {
  /** Unique within its message: the number, or `1-2` for what the second `[1]` rests on when that is something else. */
  readonly id: string
  /** The `n` of the `[n]` marker in the answer. */
  readonly number: number
}

/** Where a quote stands. `quote` is verbatim in the document's stored text at `[start, end)`. */
export interface PassageCitation extends CitationMark {
  readonly type: 'passage'
  readonly project_id: ProjectId
  readonly data_source_id: SourceId
  readonly document_id: DocumentId
  readonly document_name: string
  /** The file that the document was read from: its next version has the same. */
  readonly file_id: FileId
  /** Of the file as it was then: tells versions of it apart. */
  readonly content_hash: string
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
