import type { Database, Queryable } from '../../database/database.ts'
import type { DocumentId, FileId, ProjectId } from '../../ids.ts'
import { findInText, readTextSlice } from '../../retrieval/document-text-store.ts'
import { locateInPassage } from '../../retrieval/passage.ts'
import { readPassages } from '../../retrieval/passage-store.ts'
import type { PassageCitation } from './citation.ts'

/** Code points shown on either side of a quote. */
const contextCharacters = 300

/** Where a quote stands in another version of its document than the one it was taken from. */
interface QuotePlace {
  readonly page: number | null
  readonly row_start: number | null
  readonly row_end: number | null
  readonly heading_path: readonly string[]
  readonly start: number
  readonly end: number
}

type NewerDocument = { readonly id: DocumentId; readonly createdAt: string }

export type CitationPlace =
  | { readonly state: 'current'; readonly before: string; readonly after: string; readonly url: string | null }
  /** `place` is null when the new version does not say it any more. */
  | {
      readonly state: 'changed'
      readonly newer: NewerDocument
      readonly place: QuotePlace | null
      readonly url: string | null
    }
  | { readonly state: 'deleted' }

/** What stands around a citation's quote, and what became of its document since. */
export async function readCitationPlace(db: Database, citation: PassageCitation): Promise<CitationPlace> {
  const { project_id: projectId } = citation
  const around = await readAround(db.query, citation)
  if (around !== undefined)
    return { state: 'current', ...around, url: await findUrl(db.query, citation, citation.page) }
  const newer = await findNewestDocument(db.query, projectId, citation.file_id)
  if (newer === undefined) return { state: 'deleted' }
  const place = await findQuote(db, projectId, newer.id, citation.quote)
  return { state: 'changed', newer, place, url: await findUrl(db.query, citation, place?.page ?? null) }
}

async function findNewestDocument(
  db: Queryable,
  projectId: ProjectId,
  fileId: FileId,
): Promise<NewerDocument | undefined> {
  return await db
    .selectFrom('documents')
    .select(['id', 'created_at as createdAt'])
    .where('project_id', '=', projectId)
    .where('file_id', '=', fileId)
    .where('staged_by', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Where a person opens the file at its source; null for what was uploaded. A browser opens a PDF on the web at `page`. */
async function findUrl(
  db: Queryable,
  { project_id, file_id }: PassageCitation,
  page: number | null,
): Promise<string | null> {
  const row = await db
    .selectFrom('source_files as f')
    .innerJoin('sources as s', (join) =>
      join.onRef('s.project_id', '=', 'f.project_id').onRef('s.id', '=', 'f.source_id'),
    )
    .leftJoin('documents as d', (join) =>
      join.onRef('d.project_id', '=', 'f.project_id').onRef('d.id', '=', 'f.document_id'),
    )
    .select(['f.url', 's.type', 'd.media_type'])
    .where('f.project_id', '=', project_id)
    .where('f.id', '=', file_id)
    .executeTakeFirst()
  if (row === undefined || row.url === null) return null
  // Elsewhere the address is of a page around the file, which knows no `#page=`.
  const opensAtPage = row.type === 'web' && row.media_type === 'application/pdf' && !row.url.includes('#')
  return opensAtPage && page !== null ? `${row.url}#page=${page}` : row.url
}

async function readAround(
  db: Queryable,
  { project_id, document_id, start, end }: PassageCitation,
): Promise<{ before: string; after: string } | undefined> {
  const from = Math.max(0, start - contextCharacters)
  const ref = { projectId: project_id, documentId: document_id }
  const text = await readTextSlice(db, ref, { start: from, end: end + contextCharacters })
  if (text === undefined) return undefined
  const characters = [...text]
  return {
    before: characters.slice(0, start - from).join(''),
    after: characters.slice(end - from).join(''),
  }
}

async function findQuote(
  db: Database,
  projectId: ProjectId,
  documentId: DocumentId,
  quote: string,
): Promise<QuotePlace | null> {
  const start = await findInText(db.query, { projectId, documentId }, quote)
  if (start === undefined) return null
  const range = { start, end: start + [...quote].length }
  const passage = await db.query
    .selectFrom('passages')
    .select('number')
    .where('project_id', '=', projectId)
    .where('document_id', '=', documentId)
    .where('start', '<=', range.start)
    .where('end', '>', range.start)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const [found] =
    passage === undefined ? [] : await readPassages(db.query, projectId, [{ documentId, number: passage.number }])
  if (found === undefined) return { page: null, row_start: null, row_end: null, heading_path: [], ...range }
  const { headingPath, rowStart, rowEnd } = locateInPassage(found, range)
  return { page: found.page, row_start: rowStart, row_end: rowEnd, heading_path: headingPath, ...range }
}
