import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { QuoryError } from '../errors.ts'
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
  const digest = createHash('sha256')
  let size = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > maxBytes) return done()
      digest.update(chunk)
      done(null, chunk)
    },
  })
  const endedEarly = (cause: Error) => new QuoryError('malformed_upload', 'The upload ended too early', { cause })
  content.once('error', (error) => count.destroy(endedEarly(error)))
  const file = await temporary.write(content.pipe(count))
  if (size > maxBytes) {
    await file[Symbol.asyncDispose]()
    throw new QuoryError('body_too_large', `File size exceeds the ${Math.floor(maxBytes / 1_000_000)}MB limit`)
  }
  return { ...file, size, hash: digest.digest('hex') }
}
