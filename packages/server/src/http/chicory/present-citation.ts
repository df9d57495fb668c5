import type { PassageCitation, TableCitation } from '../../answers/citations/citation.ts'
import type { CitationPlace } from '../../answers/citations/citation-place-store.ts'
import type { CitedTables } from '../../tables/cited-tables.ts'
import { contentUrl, pageUrl, presentCitedPassage, presentCitedTable } from '../cited-content.ts'

export function presentCitation(citation: PassageCitation, place: CitationPlace) {
  const isCurrent = place.state === 'current'
  const newer = place.state === 'changed' ? place.newer : undefined
  const page = place.state === 'changed' ? (place.place?.page ?? null) : citation.page
  return {
    citation: presentCitedPassage(citation),
    before: isCurrent ? place.before : null,
    after: isCurrent ? place.after : null,
    source_state: place.state,
    changed_at: newer?.createdAt ?? null,
    newer: place.state === 'changed' ? { document_id: place.newer.id, place: place.place } : null,
    url: place.state === 'deleted' ? null : (place.url ?? pageUrl(citation, page)),
  }
}

/** A result has nothing around it: its statement brings it again. */
export function presentTableCitation(citation: TableCitation, { state, first }: CitedTables) {
  const url =
    first === undefined
      ? null
      : contentUrl({ project_id: citation.project_id, data_source_id: first.sourceId, file_id: first.fileId })
  const shown = presentCitedTable(citation)
  return { citation: shown, before: null, after: null, source_state: state, changed_at: null, newer: null, url }
}
