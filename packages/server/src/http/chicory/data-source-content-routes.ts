import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { QuoryError } from '../../errors.ts'
import { type FileId, parseId } from '../../ids.ts'
import { requireSource } from '../../ingestion/data-access.ts'
import { hasFile } from '../../ingestion/source.ts'
import { fileRef, type SourceFile, uploadedFile } from '../../ingestion/source-file.ts'
import { findFile } from '../../ingestion/source-file-store.ts'
import { readTextSlice, wholeText } from '../../retrieval/document-text-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { sourceRefOf } from './data-source-routes.ts'
import { sourceParams } from './data-source-schemas.ts'
import { openContent } from './open-content.ts'
import { problem, refusals } from './schemas.ts'

const tags = ['data sources']
const binary = {
  description: 'The bytes, under the media type of the file',
  content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
}
const response = { 200: binary, 206: binary, ...refusals, 416: problem }
const fileParams = sourceParams.extend({
  file_id: z.string().meta({ description: '`id` of a file of the data source, or `file_id` of a citation' }),
})

type ContentServices = Pick<Services, 'db' | 'files'>

export function registerDataSourceContentRoutes(server: Server, services: ContentServices): void {
  const { db, files } = services
  server.get(
    '/projects/:project_id/data-sources/:data_source_id/content',
    {
      schema: {
        tags,
        summary: 'Get Original File',
        description: 'The file as it was uploaded, as an attachment; a PDF is shown. One byte range may be asked for.',
        params: sourceParams,
        response,
      },
    },
    async (request, reply) => {
      const ref = sourceRefOf(request.params)
      const source = await requireSource(db.query, request.principal, ref)
      const bytes = hasFile(source)
        ? await openContent(request, reply, {
            fileName: source.file_name ?? source.name,
            mediaType: source.media_type,
            size: source.size ?? 0,
            version: source.content_hash ?? '',
            open: (range) => files.open(uploadedFile(source), range),
          })
        : undefined
      // The schema describes the bytes that the stream sends.
      if (bytes !== undefined) return reply.send(bytes as unknown as string)
      throw new QuoryError('data_source_not_found', `Data source with ID ${ref.sourceId} has no file`)
    },
  )
  server.get(
    '/projects/:project_id/data-sources/:data_source_id/files/:file_id/content',
    {
      schema: {
        tags,
        summary: 'Get Original of a File',
        description:
          'A file of a data source that has many, as it was last fetched or unpacked: as an attachment; a PDF is shown. One byte ' +
          'range may be asked for. The header `x-content-form` reads `original`; it reads `text` when the original is not kept ' +
          'any more, and what is sent is the text that was read from it.',
        params: fileParams,
        response,
      },
    },
    async (request, reply) => {
      const ref = sourceRefOf(request.params)
      await requireSource(db.query, request.principal, ref)
      const id = parseId<FileId>(request.params.file_id)
      const file = id === undefined ? undefined : await findFile(db.query, { projectId: ref.projectId, fileId: id })
      const isHere = file !== undefined && file.source_id === ref.sourceId && file.status !== 'gone'
      const bytes = isHere ? await openFile(services, file, request, reply) : undefined
      if (bytes !== undefined) return reply.send(bytes as unknown as string)
      const what = isHere ? 'is not kept here' : `not found in data source ${ref.sourceId}`
      throw new QuoryError('file_not_found', `File with ID ${request.params.file_id} ${what}`)
    },
  )
}

async function openFile(
  services: ContentServices,
  file: SourceFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Readable | undefined> {
  const { content_hash: version, size, name: fileName, media_type: mediaType } = file
  if (version !== null && size !== null) {
    reply.header('x-content-form', 'original')
    const open = (range: Parameters<typeof services.files.open>[1]) => services.files.open(fileRef(file), range)
    const bytes = await openContent(request, reply, { fileName, mediaType, size, version, open })
    if (bytes !== undefined) return bytes
  }
  reply.removeHeader('x-content-form')
  return await openText(services, file, request, reply)
}

/** What was read from it, when the original is gone. */
async function openText(
  { db }: ContentServices,
  file: SourceFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Readable | undefined> {
  const { document_id: id } = file
  const ref = id === null ? undefined : { projectId: file.project_id, documentId: id }
  const text = ref && (await readTextSlice(db.query, ref, wholeText))
  if (text === undefined) return undefined
  const content = Buffer.from(text)
  reply.header('x-content-form', 'text')
  return await openContent(request, reply, {
    fileName: `${file.name}.txt`,
    mediaType: 'text/plain',
    size: content.length,
    version: `text-${id}`,
    open: async (range) =>
      Readable.from([range === undefined ? content : content.subarray(range.start, range.end + 1)]),
  })
}
