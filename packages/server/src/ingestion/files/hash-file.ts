import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/** SHA-256 and size of a file that somebody else wrote; it is on the disk afterwards. */
export async function hashFile(path: string): Promise<{ readonly hash: string; readonly size: number }> {
  await using file = await open(path, 'r+')
  const digest = createHash('sha256')
  const buffer = Buffer.alloc(chunkBytes)
  let size = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, size)
    if (bytesRead === 0) break
    digest.update(buffer.subarray(0, bytesRead))
    size += bytesRead
  }
  await file.datasync()
  return { hash: digest.digest('hex'), size }
}
