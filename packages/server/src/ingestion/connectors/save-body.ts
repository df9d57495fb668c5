import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { FileSkipped } from './connector.ts'

/** Streams what a service sends to a file and says how many bytes came. Past the limit it stops, and keeps nothing. */
export async function saveBody(
  body: AsyncIterable<Uint8Array | string>,
  { path, maxBytes, signal }: { path: string; maxBytes: number; signal: AbortSignal },
): Promise<number> {
  let size = 0
  const counted = async function* () {
    for await (const chunk of body) {
      size += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      yield chunk
    }
  }
  try {
    await pipeline(counted, createWriteStream(path), { signal })
    return size
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

export function tooLarge(maxBytes: number): FileSkipped {
  return new FileSkipped(`Larger than ${Math.floor(maxBytes / 1_000_000)} MB, the largest file this server takes.`)
}
