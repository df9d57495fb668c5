import type { DocumentId, FileId, ProjectId, SourceId } from '../../ids.ts'

/** What a marker of an answer rests on. */
export type Citation = PassageCitation | TableCitation

interface CitationMark {
  /** Unique within its message: the number, or `1-2` for what the second `[1]` rests on when that is something else. */
  readonly id: string
  /** The `n` of the `[n]` marker in the answer. */
  readonly number: number
}

/** What stands in a cell of a result: large numbers, times and everything that JSON has no form for are text. */
export type ResultCell = string | number | boolean | null

/** A result of SQL over tables, with the statement that brings it again. */
export interface TableCitation extends CitationMark {
  readonly type: 'table'
  readonly project_id: ProjectId
  /** Of the first of the tables; null when the statement names none. */
  readonly data_source_id: SourceId | null
  readonly document_id: DocumentId | null
  /** Its file; absent in citations older than this. */
  readonly file_id?: FileId | null
  readonly document_name: string
  /** Every table that the statement names. */
  readonly tables: readonly CitedTable[]
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** The first of them. */
  readonly rows: readonly (readonly ResultCell[])[]
  readonly row_count: number
  /** There were more rows than `row_count`. */
  readonly truncated: boolean
  /** Of all the tables together: another one means that the statement may bring something else. */
  readonly data_version: string
}

interface CitedTable {
  readonly id: string
  readonly name: string
  readonly data_source_id: SourceId
  readonly file_name: string
  readonly sheet: string | null
  readonly data_version: string
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
  /** Where a person opened the file at its source when it was cited; absent in citations older than this. */
  readonly url?: string | null
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
