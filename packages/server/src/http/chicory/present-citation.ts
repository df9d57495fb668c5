import type { Citation } from '../../answers/citation.ts'
import type { CitationPlace } from '../../answers/citation-place-store.ts'

export function presentCitation(citation: Citation, place: CitationPlace) {
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
    url: place.state === 'deleted' ? null : contentUrl(citation, page),
  }
}

/** Browsers' PDF viewers open at `#page=`. */
function contentUrl({ project_id, data_source_id }: Citation, page: number | null): string {
  const path = `/v1/projects/${project_id}/data-sources/${data_source_id}/content`
  return page === null ? path : `${path}#page=${page}`
}
