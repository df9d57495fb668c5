import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { QuoryError } from '../../errors.ts'
import type { LocalFile, TemporaryFolder } from './temporary-folder.ts'

export interface ReceivedFile extends LocalFile {
  readonly size: number
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly hash: string
}

/**
 * Streams a file to disk, hashing and counting on the way. What is over the limit is read and dropped, so that the
 * files after it in the same request are still read, and the client reads the refusal instead of a broken connection.
 */
export async function receiveFile(
  temporary: TemporaryFolder,
  content: Readable,
  maxBytes: number,
): Promise<ReceivedFile> {
  // Until the stream is read its errors would be nobody's, and end the process; reading it throws them.
  content.on('error', () => undefined)
  const digest = createHash('sha256')
  let size = 0
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of readUpload(content)) {
      size += chunk.length
      if (size > maxBytes) continue
      digest.update(chunk)
      yield chunk
    }
  }
  const file = await temporary.write(counted())
  if (size > maxBytes) {
    await file[Symbol.asyncDispose]()
    throw new QuoryError('body_too_large', `File size exceeds the ${Math.floor(maxBytes / 1_000_000)}MB limit`)
  }
  return { ...file, size, hash: digest.digest('hex') }
}

/** What breaks here is the client's upload, unlike what breaks where it is written to. */
async function* readUpload(content: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of content) yield chunk
  } catch (cause) {
    throw new QuoryError('malformed_upload', 'The upload ended too early', { cause })
  }
}
