import type { PassageCitation, TableCitation } from '../../answers/citations/citation.ts'
import type { CitationPlace } from '../../answers/citations/citation-place-store.ts'

export function presentCitation(citation: PassageCitation, place: CitationPlace) {
  const isCurrent = place.state === 'current'
  const newer = place.state === 'changed' ? place.newer : undefined
  const page = place.state === 'changed' ? (place.place?.page ?? null) : citation.page
  return {
    citation,
    before: isCurrent ? place.before : null,
    after: isCurrent ? place.after : null,
    source_state: place.state,
    changed_at: newer?.createdAt ?? null,
    newer: place.state === 'changed' ? { document_id: place.newer.id, place: place.place } : null,
    url: place.state === 'deleted' ? null : (place.url ?? contentUrl(citation, page)),
  }
}

/** A result has nothing around it: its statement brings it again. */
export function presentTableCitation(citation: TableCitation, state: 'current' | 'changed' | 'deleted') {
  const { project_id, data_source_id } = citation
  const isThere = state !== 'deleted' && data_source_id !== null
  const url = isThere ? `/v1/projects/${project_id}/data-sources/${data_source_id}/content` : null
  return { citation, before: null, after: null, source_state: state, changed_at: null, newer: null, url }
}

/** Of what was uploaded; browsers' PDF viewers open at `#page=`. Files of other sources are opened where they are. */
function contentUrl({ project_id, data_source_id, file_id }: PassageCitation, page: number | null): string | null {
  if (String(file_id) !== String(data_source_id)) return null
  const path = `/v1/projects/${project_id}/data-sources/${data_source_id}/content`
  return page === null ? path : `${path}#page=${page}`
}
