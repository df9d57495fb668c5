import type { Database } from '../database/database.ts'
import type { DocumentId, ProjectId } from '../ids.ts'
import type { PassageFilter, PassageNumbers } from './passage-filter.ts'
import { listPassagesOnPages } from './passage-filter-store.ts'
import type { PassagePlace } from './passage-store.ts'
import { findHolding } from './words/find-holding.ts'

/** More passages than this on some pages, and a search looks for them among the nearest. */
const mostOnPages = 20_000
/** As many may be read to see whether a phrase stands in them. */
const mostHolding = 5_000

interface Restriction extends Pick<PassageFilter, 'pages'> {
  readonly projectId: ProjectId
  readonly documents: ReadonlySet<DocumentId> | undefined
  readonly phrases: readonly string[]
}

/**
 * The passages among which all lie that a page range and quoted phrases let through, found by indexes before vectors are
 * compared. Undefined when nothing of the kind was asked, or too many pass to be named.
 */
export async function resolvePassages(
  db: Pick<Database, 'engine' | 'query'>,
  { projectId, pages, phrases, documents }: Restriction,
): Promise<PassageNumbers | undefined> {
  const [onPages, holding] = await Promise.all([
    pages && listPassagesOnPages(db.query, projectId, pages, mostOnPages),
    phrases.length === 0 ? undefined : findHolding(db, { projectId, phrases, documents }, mostHolding),
  ])
  const places = holding ?? onPages
  if (places === undefined) return undefined
  const isOnPages = holding === undefined || onPages === undefined ? () => true : among(onPages)
  return group(places.filter((place) => isOnPages(place) && documents?.has(place.documentId) !== false))
}

function among(places: readonly PassagePlace[]): (place: PassagePlace) => boolean {
  const keys = new Set(places.map(keyOf))
  return (place) => keys.has(keyOf(place))
}

function keyOf({ documentId, number }: PassagePlace): string {
  return `${documentId}/${number}`
}

function group(places: readonly PassagePlace[]): PassageNumbers {
  const numbers = Map.groupBy(places, ({ documentId }) => documentId)
  return new Map(
    [...numbers].map(([documentId, own]) => [documentId, own.map(({ number }) => number).sort((a, b) => a - b)]),
  )
}
