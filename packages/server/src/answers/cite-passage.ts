import { type FoundPassage, locateInPassage } from '../retrieval/passage.ts'
import type { Citation } from './citation.ts'

/** The citation of what a passage says at a range of its document, with the headings and rows of just that. */
export function citePassage(
  number: number,
  passage: FoundPassage,
  { start, end, quote }: Pick<Citation, 'start' | 'end' | 'quote'>,
): Citation {
  const { headingPath, rowStart, rowEnd } = locateInPassage(passage, { start, end })
  return {
    number,
    project_id: passage.projectId,
    data_source_id: passage.sourceId,
    document_id: passage.documentId,
    document_name: passage.documentName,
    passage: passage.number,
    page: passage.page,
    sheet: passage.sheet,
    row_start: rowStart,
    row_end: rowEnd,
    heading_path: headingPath,
    start,
    end,
    quote,
  }
}
