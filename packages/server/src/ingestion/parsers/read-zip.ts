import { inflateRawSync } from 'node:zlib'
import { ParseFailure } from './parse-failure.ts'

/** Uncompressed bytes taken from one archive. A 100 MB spreadsheet of text unpacks to less. */
const maxUnzippedBytes = 300_000_000
const maxEntries = 20_000

/** An entry as the archive's directory declares it. */
export interface ZipEntry {
  readonly name: string
  readonly encrypted: boolean
  readonly method: number
  readonly compressedSize: number
  readonly size: number
  readonly headerOffset: number
}

/** The directory at the archive's end. Nothing is unpacked. */
export function listZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findDirectoryEnd(view)
  const count = view.getUint16(end + 10, true)
  let offset = view.getUint32(end + 16, true)
  if (count > maxEntries) throw bomb()
  const entries: ZipEntry[] = []
  for (let i = 0; i < count; i++) {
    if (offset + 46 > bytes.length || view.getUint32(offset, true) !== 0x02014b50) throw damaged()
    const nameEnd = offset + 46 + view.getUint16(offset + 28, true)
    const extraEnd = nameEnd + view.getUint16(offset + 30, true)
    if (extraEnd > bytes.length) throw damaged()
    const large = readLargeSizes(view, nameEnd, extraEnd)
    const field = (at: number) => {
      const value = view.getUint32(offset + at, true)
      return value === 0xffffffff ? (large.shift() ?? value) : value
    }
    const size = field(24)
    const compressedSize = field(20)
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(offset + 46, nameEnd)),
      encrypted: (view.getUint16(offset + 8, true) & 1) === 1,
      method: view.getUint16(offset + 10, true),
      compressedSize,
      size,
      headerOffset: field(42),
    })
    offset = extraEnd + view.getUint16(offset + 32, true)
  }
  return entries
}

/**
 * The wanted entries, unpacked. Bounded twice: the declared sizes are added up before anything is unpacked, and no entry
 * may come out larger than it declared.
 */
export function unzip(bytes: Uint8Array, isWanted: (name: string) => boolean): Map<string, Uint8Array> {
  const wanted = listZip(bytes).filter((entry) => isWanted(entry.name))
  if (wanted.some((entry) => entry.encrypted)) {
    throw new ParseFailure(
      'protected',
      'The file is protected with a password. Remove the password and upload it again.',
    )
  }
  if (wanted.reduce((sum, entry) => sum + entry.size, 0) > maxUnzippedBytes) throw bomb()
  return new Map(wanted.map((entry) => [entry.name, inflate(bytes, entry)]))
}

function inflate(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = entry.headerOffset
  if (header + 30 > bytes.length || view.getUint32(header, true) !== 0x04034b50) throw damaged()
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true)
  const packed = bytes.subarray(start, start + entry.compressedSize)
  if (packed.length < entry.compressedSize) throw damaged()
  if (entry.method === 0) return packed
  if (entry.method !== 8) throw new ParseFailure('unsupported', 'The file is packed in a way that is not supported.')
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) })
  } catch (error) {
    throw error instanceof RangeError ? bomb() : damaged(error)
  }
}

/** Archives made in one pass keep 64-bit sizes in an extra field, in the order of the fields that were too small. */
function readLargeSizes(view: DataView, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    const count = Math.floor(Math.min(view.getUint16(at + 2, true), end - at - 4) / 8)
    return Array.from({ length: count }, (_, i) => Number(view.getBigUint64(at + 4 + i * 8, true)))
  }
  return []
}

function findDirectoryEnd(view: DataView): number {
  const earliest = Math.max(0, view.byteLength - 22 - 0xffff)
  for (let offset = view.byteLength - 22; offset >= earliest; offset--) {
    if (view.getUint32(offset, true) === 0x06054b50) return offset
  }
  throw damaged()
}

function bomb(): ParseFailure {
  return new ParseFailure(
    'too_large',
    'The file unpacks to far more than its size allows: refused as a possible ZIP bomb.',
  )
}

function damaged(cause?: unknown): ParseFailure {
  return new ParseFailure('damaged', 'The file is damaged or was cut off: its ZIP container cannot be read.', { cause })
}

/** An archive of the same parts without compression, for libraries that insist on unpacking themselves. */
export async function storeZip(parts: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const { zipSync } = await import('fflate')
  return zipSync(Object.fromEntries(parts), { level: 0 })
}
