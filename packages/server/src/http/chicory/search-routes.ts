import type { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { QuoryError } from '../../errors.ts'
import { type DocumentId, parseId, type SourceId } from '../../ids.ts'
import { requireProject } from '../../projects/project-store.ts'
import { findDocument } from '../../retrieval/document-store.ts'
import { readTextSlice } from '../../retrieval/document-text-store.ts'
import type { PassageFilter } from '../../retrieval/passage-filter.ts'
import { searchPassagesInDetail } from '../../retrieval/search-passages.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { presentDocument, presentPassage, presentSearchDetails } from './present-data.ts'
import { projectParams, refusals } from './schemas.ts'
import { document, documentParams, documentText, foundPassages, search, textRange } from './search-schemas.ts'

const tags = ['search']

export function registerSearchRoutes(server: Server, { db, ranking }: Pick<Services, 'db' | 'ranking'>): void {
  server.post(
    '/projects/:project_id/search',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Search Passages',
        description:
          'The best passages of the project, best first. `score` compares within one search only; `scores` says what each part ' +
          'of the search made of a passage, `details` which parts took part.',
        params: projectParams,
        body: search,
        response: { 200: foundPassages, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'read')
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const { query, limit, offset, filter } = request.body
      const { passages, details } = await searchPassagesInDetail(
        { db, ...ranking },
        { projectId, query, limit: offset + limit, filter: filter && toFilter(filter) },
      )
      return { passages: passages.slice(offset).map(presentPassage), details: presentSearchDetails(details) }
    },
  )
  server.get(
    '/projects/:project_id/documents/:document_id',
    { schema: { tags, summary: 'Get Document', params: documentParams, response: { 200: document, ...refusals } } },
    async (request) => {
      const found = await requireDocument({ db }, request)
      return { ...presentDocument(found), data_source_id: found.sourceId, created_at: found.createdAt }
    },
  )
  server.get(
    '/projects/:project_id/documents/:document_id/text',
    {
      schema: {
        tags,
        summary: 'Get Document Text',
        description:
          'The text that passages and citations are ranges of. `start` and `end` count Unicode code points, half open; ' +
          'with the range of a citation this is its quote.',
        params: documentParams,
        querystring: textRange,
        response: { 200: documentText, ...refusals },
      },
    },
    async (request) => {
      const { projectId, id, length } = await requireDocument({ db }, request)
      const end = Math.min(request.query.end ?? length, length)
      const start = Math.min(request.query.start, end)
      const text = await readTextSlice(db.query, { projectId, documentId: id }, { start, end })
      if (text === undefined) throw documentNotFound(projectId, id)
      return { document_id: id, start, end, text }
    },
  )
}

/** An id that can be nobody's lets nothing through, as one that is somebody else's. */
function toFilter(filter: NonNullable<z.infer<typeof search>['filter']>): PassageFilter {
  const { data_source_ids, document_ids, media_types, stored_from, stored_before, pages } = filter
  return {
    sourceIds: data_source_ids?.flatMap((id) => parseId<SourceId>(id) ?? []),
    documentIds: document_ids?.flatMap((id) => parseId<DocumentId>(id) ?? []),
    mediaTypes: media_types,
    storedFrom: stored_from && new Date(stored_from).toISOString(),
    storedBefore: stored_before && new Date(stored_before).toISOString(),
    pages,
  }
}

async function requireDocument(
  { db }: Pick<Services, 'db'>,
  { principal, params }: { principal: Principal; params: z.infer<typeof documentParams> },
) {
  const projectId = projectIdOf(params)
  await requireProject(db.query, principal, projectId, 'viewer')
  const id = parseId<DocumentId>(params.document_id)
  const found = id === undefined ? undefined : await findDocument(db.query, projectId, id)
  if (found === undefined) throw documentNotFound(projectId, params.document_id)
  return found
}

function documentNotFound(projectId: string, documentId: string): QuoryError {
  return new QuoryError('document_not_found', `Document with ID ${documentId} not found in project ${projectId}`)
}
