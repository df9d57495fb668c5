import { z } from 'zod'
import { isLinkValid, signLink } from '../../accounts/link-signature.ts'
import { QuoryError } from '../../errors.ts'
import type { ProjectId, SourceId } from '../../ids.ts'
import { hasFile, type SourceRef } from '../../ingestion/source.ts'
import { uploadedFile } from '../../ingestion/source-file.ts'
import { findVisibleSource } from '../../ingestion/source-lookup-store.ts'
import { findSource } from '../../ingestion/source-store.ts'
import { queryInteger } from '../fields.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { uuid } from './fields.ts'
import { problem, refusals } from './schemas.ts'

const tags = ['quivr']
const linkLifetimeMs = 3_600_000

export const knowledgeParams = z.object({ knowledge_id: uuid<SourceId>() })
const linkQuery = z.object({
  brain_id: uuid<ProjectId>(),
  expires: queryInteger({ min: 0, max: 99_999_999_999 }),
  signature: z.string(),
})

export function knowledgeNotFound(): QuoryError {
  return new QuoryError('data_source_not_found', 'Knowledge not found')
}

export function registerDownloadRoutes(server: Server, { db, files }: Pick<Services, 'db' | 'files'>): void {
  server.get(
    '/knowledge/:knowledge_id/signed_download_url',
    {
      schema: {
        tags,
        summary: 'An address from which the original file can be had for one hour, without a key',
        params: knowledgeParams,
        response: { 200: z.object({ signedURL: z.string() }), ...refusals },
      },
    },
    async (request) => {
      const source = await findVisibleSource(db.query, request.principal, request.params.knowledge_id)
      if (source === undefined || !hasFile(source)) throw knowledgeNotFound()
      const ref = { projectId: source.project_id, sourceId: source.id }
      const { expires, signature } = await signLink(db.query, subjectOf(ref), linkLifetimeMs)
      const query = new URLSearchParams({ brain_id: ref.projectId, expires: String(expires), signature })
      const path = `/knowledge/${ref.sourceId}/download?${query}`
      return { signedURL: `${request.protocol}://${request.host}${path}` }
    },
  )
  server.get(
    '/knowledge/:knowledge_id/download',
    {
      config: { isPublic: true },
      schema: {
        tags,
        summary: 'The original file, for whoever has its signed address',
        params: knowledgeParams,
        querystring: linkQuery,
        security: [],
        response: {
          200: z.string().meta({ format: 'binary' }),
          403: problem,
          404: problem,
          422: refusals[422],
        },
      },
    },
    async (request, reply) => {
      const { brain_id: projectId, expires, signature } = request.query
      const ref = { projectId, sourceId: request.params.knowledge_id }
      if (!(await isLinkValid(db.query, subjectOf(ref), { expires, signature }))) {
        throw new QuoryError('forbidden', 'This link is not valid, or not any more')
      }
      const source = await findSource(db.query, ref)
      const content = source === undefined ? undefined : await files.open(uploadedFile(source))
      if (source === undefined || content === undefined) throw knowledgeNotFound()
      // Saved, never shown: a browser would run an HTML upload as a page of this server.
      const name = encodeURIComponent(source.file_name ?? source.name).replaceAll("'", '%27')
      void reply
        .header('content-type', source.media_type ?? 'application/octet-stream')
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .header('cache-control', 'private, no-store')
        .header('content-length', source.size ?? 0)
      // The schema describes the bytes that the stream sends.
      return reply.send(content as unknown as string)
    },
  )
}

/** What a link is for: nothing else of the brain can be had with it. */
function subjectOf({ projectId, sourceId }: SourceRef): string {
  return `knowledge/${projectId}/${sourceId}`
}
