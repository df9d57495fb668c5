import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { QuoryError } from '../../errors.ts'
import { requireSource } from '../../ingestion/data-access.ts'
import type { ByteRange } from '../../ingestion/files/file-store.ts'
import { hasFile, type Source } from '../../ingestion/source.ts'
import { uploadedFile } from '../../ingestion/source-file.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { contentDisposition, parseRange } from './content-headers.ts'
import { sourceRefOf } from './data-source-routes.ts'
import { sourceParams } from './data-source-schemas.ts'
import { problem, refusals } from './schemas.ts'

const bytes = {
  description: 'The bytes, under the media type of the file',
  content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
}

export function registerDataSourceContentRoutes(server: Server, { db, files }: Pick<Services, 'db' | 'files'>): void {
  server.get(
    '/projects/:project_id/data-sources/:data_source_id/content',
    {
      schema: {
        tags: ['data sources'],
        summary: 'Get Original File',
        description: 'The file as it was uploaded, as an attachment; a PDF is shown. One byte range may be asked for.',
        params: sourceParams,
        response: { 200: bytes, 206: bytes, ...refusals, 416: problem },
      },
    },
    async (request, reply) => {
      const ref = sourceRefOf(request.params)
      const source = await requireSource(db.query, request.principal, ref)
      const range = setContentHeaders(request, reply, source)
      const content = await openContent({ files }, request, source, range)
      if (content === undefined) {
        for (const name of Object.keys(reply.getHeaders())) if (name.startsWith('content-')) reply.removeHeader(name)
        throw new QuoryError('data_source_not_found', `Data source with ID ${ref.sourceId} has no file`)
      }
      // The schema describes the bytes that the stream sends.
      return reply.send(content as unknown as string)
    },
  )
}

/** A HEAD request gets the headers and no bytes, so nothing is read for it. */
async function openContent(
  { files }: Pick<Services, 'files'>,
  { method }: FastifyRequest,
  source: Source,
  range: ByteRange | undefined,
): Promise<Readable | undefined> {
  if (!hasFile(source)) return undefined
  if (method === 'HEAD') return Readable.from([])
  return await files.open(uploadedFile(source), range)
}

/** Returns what part to send. */
function setContentHeaders(request: FastifyRequest, reply: FastifyReply, source: Source) {
  const size = source.size ?? 0
  const etag = `"${source.content_hash}"`
  const condition = request.headers['if-range']
  const isWanted = condition === undefined || condition === etag
  const range = isWanted ? parseRange(request.headers.range, size) : undefined
  reply.header('accept-ranges', 'bytes').header('etag', etag).header('cache-control', 'private, no-cache')
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`)
    throw new QuoryError('range_not_satisfiable', `The file has ${size} bytes`)
  }
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  reply
    .header('content-type', source.media_type ?? 'application/octet-stream')
    .header('content-disposition', contentDisposition(source.file_name ?? source.name, source.media_type))
    .header('content-length', range === undefined ? size : range.end - range.start + 1)
  return range
}
