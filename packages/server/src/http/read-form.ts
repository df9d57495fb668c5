import type { Readable } from 'node:stream'
import type { MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { QuoryError } from '../errors.ts'

export interface FormFile {
  readonly field: string
  /** As the client named it. */
  readonly fileName: string
  /** To be read to its end. */
  readonly content: Readable
}

/**
 * Reads a multipart form: files are handed over one after the other as they arrive, and never gathered; text fields are
 * returned when everything was read. Files are not cut off here: their reader decides what is too large.
 */
export async function readForm(
  request: FastifyRequest,
  takeFile: (file: FormFile) => Promise<void>,
): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>()
  const parts = request.parts({ limits: { fileSize: Number.MAX_SAFE_INTEGER } })
  try {
    for (;;) {
      const part = await nextPart(parts)
      if (part === undefined) return fields
      if (part.type === 'file') await takePart(part, takeFile)
      else fields.set(part.fieldname, textOf(part))
    }
  } catch (error) {
    // The rest is read and dropped: a client that is still sending would never come to read the refusal.
    request.raw.unpipe()
    request.raw.resume()
    throw error
  }
}

type Part = MultipartFile | MultipartValue<unknown>

async function nextPart(parts: AsyncIterableIterator<Part>): Promise<Part | undefined> {
  try {
    const { value, done } = await parts.next()
    return done === true ? undefined : value
  } catch (error) {
    // The parser's own refusals carry a code; what has none is a body that is no form.
    if (error instanceof Error && !('code' in error)) {
      throw new QuoryError('malformed_upload', `There was an error parsing the body: ${error.message}`, {
        cause: error,
      })
    }
    throw error
  }
}

/** A file input that was left empty sends a part without a name. */
async function takePart(part: MultipartFile, takeFile: (file: FormFile) => Promise<void>): Promise<void> {
  // The reader may turn to the stream only later; until then its errors are nobody's.
  part.file.on('error', () => undefined)
  if (part.filename === undefined || part.filename === '') part.file.resume()
  else await takeFile({ field: part.fieldname, fileName: part.filename, content: part.file })
}

function textOf(part: MultipartValue<unknown>): string {
  if (part.valueTruncated) throw new QuoryError('body_too_large', `The field ${part.fieldname} is too long`)
  return typeof part.value === 'string' ? part.value : JSON.stringify(part.value)
}
