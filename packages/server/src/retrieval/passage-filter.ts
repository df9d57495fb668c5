import type { DocumentId, SourceId } from '../ids.ts'

/** Which passages a search may find. Scores stay those of the whole project. */
export interface PassageFilter {
  readonly sourceIds?: readonly SourceId[] | undefined
  readonly documentIds?: readonly DocumentId[] | undefined
  /** Whole media types, `application/pdf`, or their first halves, `text`. */
  readonly mediaTypes?: readonly string[] | undefined
  /** When the document was stored: half open, as the database keeps times. */
  readonly storedFrom?: string | undefined
  readonly storedBefore?: string | undefined
  /** Passages without a page are on none. */
  readonly pages?: { readonly first: number; readonly last: number } | undefined
}

/** Whether it asks something of documents, not of passages alone. */
export function asksOfDocuments({ pages: _, ...ofDocuments }: PassageFilter): boolean {
  return Object.values(ofDocuments).some((value) => value !== undefined)
}

/** Some passages by document and number, ascending: few enough to be compared one by one. */
export type PassageNumbers = ReadonlyMap<DocumentId, readonly number[]>
