import { locateInPassage } from '../../retrieval/passage.ts'
import type { PassageCitation } from './citation.ts'
import type { Stretch } from './join-passages.ts'

/** What a citation quotes, and the version of the document that it was found in. */
type Quoted = Pick<PassageCitation, 'id' | 'number' | 'start' | 'end' | 'quote' | 'content_hash' | 'file_id' | 'url'>

/** The citation of what a piece of a document says at a range of it, with the headings and rows of just that. */
export function citePassage(stretch: Stretch, quoted: Quoted): PassageCitation {
  const { headingPath, rowStart, rowEnd } = locateInPassage(stretch, quoted)
  const part = stretch.parts.findLast(({ start }) => start <= quoted.start) ?? stretch.parts[0]
  return {
    type: 'passage',
    id: quoted.id,
    number: quoted.number,
    project_id: stretch.projectId,
    data_source_id: stretch.sourceId,
    document_id: stretch.documentId,
    document_name: stretch.documentName,
    file_id: quoted.file_id,
    url: quoted.url ?? null,
    content_hash: quoted.content_hash,
    passage: part?.number ?? 0,
    page: part?.page ?? null,
    sheet: stretch.sheet,
    row_start: rowStart,
    row_end: rowEnd,
    heading_path: headingPath,
    start: quoted.start,
    end: quoted.end,
    quote: quoted.quote,
  }
}
