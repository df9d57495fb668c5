import type { DocumentId, FileId, ProjectId } from '../../ids.ts'
import type { QuoteRange } from './cite-quote.ts'
import { countCodePoints, type Stretch } from './join-passages.ts'

/** What a document's stored text says at a range, and the version of the file it was read from. */
export interface StoredQuote {
  readonly text: string
  readonly contentHash: string
  readonly fileId: FileId
  /** Where a person opens the file at its source; null for what was uploaded. */
  readonly url: string | null
}

export type ReadStoredQuote = (
  document: { readonly projectId: ProjectId; readonly documentId: DocumentId },
  range: { readonly start: number; readonly end: number },
) => Promise<StoredQuote | undefined>

export interface CheckedQuote {
  readonly stretch: Stretch
  /** Half-open range in the document's text, in code points. */
  readonly start: number
  readonly end: number
  readonly quote: string
  readonly content_hash: string
  readonly file_id: FileId
  readonly url: string | null
}

/** A quote as the document's stored text has it; undefined when that says something else there, or is gone. */
export async function checkQuote(
  { stretch, start, end }: QuoteRange,
  readStored: ReadStoredQuote,
): Promise<CheckedQuote | undefined> {
  const from = stretch.start + countCodePoints(stretch.text.slice(0, start))
  const quote = stretch.text.slice(start, end)
  const range = { start: from, end: from + countCodePoints(quote) }
  const stored = await readStored(stretch, range)
  if (stored?.text !== quote) return undefined
  const { contentHash: content_hash, fileId: file_id, url } = stored
  return { stretch, ...range, quote, content_hash, file_id, url }
}
