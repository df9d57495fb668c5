import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { QuoryError } from '../../errors.ts'
import type { ByteRange } from '../../ingestion/files/file-store.ts'
import { contentDisposition, parseRange } from './content-headers.ts'

/** Bytes of a size that is known before they are read. */
export interface Content {
  readonly fileName: string
  readonly mediaType: string | null
  readonly size: number
  /** Another one for other bytes. */
  readonly version: string
  /** `undefined` when they are gone. */
  open(range: ByteRange | undefined): Promise<Readable | undefined>
}

const mediaTypePattern = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/

/**
 * The bytes to send, or the range of them that was asked for, with the status and headers of the reply set. Undefined, and
 * nothing is set, when they are gone.
 */
export async function openContent(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Content,
): Promise<Readable | undefined> {
  const { size } = content
  const etag = `"${content.version}"`
  const range = wantedRange(request, etag, size)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`).header('accept-ranges', 'bytes').header('etag', etag)
    throw new QuoryError('range_not_satisfiable', `The file has ${size} bytes`)
  }
  const bytes = await content.open(range)
  if (bytes === undefined) return undefined
  // What another server called it is passed on only when it can be a media type.
  const mediaType = mediaTypePattern.test(content.mediaType ?? '') ? content.mediaType : null
  const length = range === undefined ? size : range.end - range.start + 1
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('content-type', mediaType ?? 'application/octet-stream')
    .header('content-disposition', contentDisposition(content.fileName, mediaType))
    .header('content-length', length)
  // A HEAD request gets the headers and no bytes.
  if (request.method !== 'HEAD') return exactly(bytes, length)
  bytes.destroy()
  return Readable.from([])
}

function wantedRange({ headers }: FastifyRequest, etag: string, size: number) {
  const condition = headers['if-range']
  return condition === undefined || condition === etag ? parseRange(headers.range, size) : undefined
}

/** A file that is replaced while it is sent breaks the connection off, rather than being half of one and half of another. */
function exactly(bytes: Readable, length: number): Readable {
  let left = length
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      left -= chunk.length
      done(left < 0 ? new Error('the file grew while it was sent') : null, chunk)
    },
    flush: (done) => done(left > 0 ? new Error('the file ended before its length') : null),
  })
  // Whoever reads it meets the error.
  pipeline(bytes, counted).catch(() => undefined)
  return counted
}
