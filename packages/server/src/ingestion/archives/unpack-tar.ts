import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Parser, type ReadEntry } from 'tar'
import { ParseFailure } from '../parsers/parse-failure.ts'
import type { Unpacking } from './unpacking.ts'

/** A tar archive as a stream; what comes before a place where it breaks off is kept. */
export async function unpackTar(unpacking: Unpacking, prefix: string, source: Readable): Promise<void> {
  let failure: unknown
  // Of the last entry, and of those before it, whose bytes are all read but perhaps not all written.
  let writing = Promise.resolve()
  let earlier: Promise<void>[] = []
  const parser = new Parser({
    onReadEntry: (entry) => {
      earlier.push(writing)
      writing = takeEntry(unpacking, prefix, entry).catch((error: unknown) => {
        failure ??= error
        entry.resume()
      })
    },
  })
  const ended = once(parser, 'end')
  let broken: unknown
  parser.on('warn', (code: string, message: string | Error) => {
    if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID') broken ??= message
  })
  try {
    for await (const chunk of source) {
      if (failure !== undefined) throw failure
      if (!parser.write(chunk)) await once(parser, 'drain')
      await Promise.all(earlier)
      earlier = []
    }
  } catch (error) {
    if (error === failure) throw error
    broken = error
  }
  parser.end()
  await ended
  await Promise.all([...earlier, writing])
  if (failure !== undefined) throw failure
  if (broken === undefined) return
  if (unpacking.members.length === 0) {
    throw new ParseFailure('damaged', 'The archive is damaged or was cut off and cannot be unpacked.', {
      cause: broken,
    })
  }
  unpacking.warnings.push('The archive is damaged or was cut off: what it held after that is missing.')
}

async function takeEntry(unpacking: Unpacking, prefix: string, entry: ReadEntry): Promise<void> {
  if (['Directory', 'GNUDumpDir'].includes(entry.type)) {
    entry.resume()
    return
  }
  const isFile = ['File', 'OldFile', 'ContiguousFile'].includes(entry.type)
  const problem = isFile ? undefined : 'It is a link or device, not a file.'
  const name = unpacking.accept(prefix, entry.path, { size: entry.size, problem })
  if (name === undefined) entry.resume()
  else if ((await unpacking.write(name, bytesOf(entry))) === undefined) entry.resume()
}

async function* bytesOf(entry: ReadEntry): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of entry) {
    size += chunk.length
    yield chunk
  }
  if (size < entry.size) throw new Error('The entry was cut off')
}
