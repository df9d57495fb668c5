import type { Citation, PassageCitation, TableCitation } from '../answers/citations/citation.ts'

interface StoredFile {
  readonly project_id: string
  readonly data_source_id: string
  readonly file_id: string
}

/** Where the original of a file is served to whoever may read the project. An upload's one file has its source's address. */
export function contentUrl({ project_id, data_source_id, file_id }: StoredFile): string {
  const source = `/v1/projects/${project_id}/data-sources/${data_source_id}`
  return file_id === data_source_id ? `${source}/content` : `${source}/files/${file_id}/content`
}

/** Browsers' PDF viewers open at `#page=`. */
export function pageUrl(file: StoredFile, page: number | null): string {
  return page === null ? contentUrl(file) : `${contentUrl(file)}#page=${page}`
}

/** A citation with the addresses at which its file opens: at its source where it has one, and the copy here. */
export function presentCited(citation: Citation) {
  return citation.type === 'table' ? presentCitedTable(citation) : presentCitedPassage(citation)
}

export function presentCitedTable(citation: TableCitation) {
  return { ...citation, file_id: citation.file_id ?? null }
}

export function presentCitedPassage(citation: PassageCitation) {
  return { ...citation, url: citation.url ?? null, content_url: pageUrl(citation, citation.page) }
}
