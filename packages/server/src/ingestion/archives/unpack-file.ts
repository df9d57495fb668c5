import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { archiveKindOf, archiveKindOfHead, readHead } from './archive-kind.ts'
import { unpackTar } from './unpack-tar.ts'
import { unpackZip } from './unpack-zip.ts'
import type { Unpacking } from './unpacking.ts'

export interface PackedFile {
  readonly path: string
  readonly fileName: string
  /** In front of the names of what is inside. */
  readonly prefix: string
}

/** False when the file is one document, or no archive at all. */
export async function unpackFile(unpacking: Unpacking, file: PackedFile): Promise<boolean> {
  const kind = archiveKindOf(await readHead(file.path), file.fileName)
  if (kind === undefined) return false
  if (kind === 'zip') return await unpackZip(unpacking, file)
  if (kind === 'tar') await unpackTar(unpacking, file.prefix, createReadStream(file.path))
  else await unpackStream(unpacking, file, kind === 'gzip' ? createGunzip() : createZstdDecompress())
  return true
}

/** One packed file: a tar archive, most likely. */
async function unpackStream(unpacking: Unpacking, file: PackedFile, decompress: Transform): Promise<void> {
  const source = createReadStream(file.path)
  source.on('error', (error) => decompress.destroy(error))
  const unpacked = source.pipe(decompress)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const head = await takeHead(unpacked)
  const whole = Readable.from(join(head, unpacked))
  if (archiveKindOfHead(head) === 'tar') {
    await unpackTar(unpacking, file.prefix, whole)
    return
  }
  const name = unpacking.accept(file.prefix, unpackedName(file.fileName), {})
  if (name !== undefined) await unpacking.write(name, whole)
}

async function takeHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  try {
    while (head.length < 512) {
      const { done, value } = await chunks.next()
      if (done === true) break
      head = Buffer.concat([head, value])
    }
  } catch (error) {
    throw new ParseFailure('damaged', 'The archive is damaged or was cut off and cannot be unpacked.', { cause: error })
  }
  return head
}

async function* join(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** `log.txt.gz` holds `log.txt`. */
function unpackedName(fileName: string): string {
  const name = basename(fileName).replace(/\.(?:gz|gzip|zst|zstd)$/i, '')
  return name === '' ? 'file' : name.replace(/\.svgz$/i, '.svg')
}
