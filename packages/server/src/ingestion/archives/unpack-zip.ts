import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { nameDecoder } from './member-name.ts'
import type { Unpacking } from './unpacking.ts'

/** Parts that make a ZIP archive one document. */
const documentParts = new Set(
  'word/document.xml ppt/presentation.xml xl/workbook.xml xl/workbook.bin META-INF/container.xml'.split(' '),
)

/** A `content.xml` alone says nothing: any archive may hold one. OpenDocument says what it is in `mimetype` beside it. */
function isDocument(names: ReadonlySet<string>): boolean {
  return !names.isDisjointFrom(documentParts) || (names.has('content.xml') && names.has('mimetype'))
}

/** False when the archive is one document under another name. */
export async function unpackZip(
  unpacking: Unpacking,
  { path, prefix }: { path: string; prefix: string },
): Promise<boolean> {
  const zip = await openZip(path)
  try {
    const entries = await listEntries(zip, unpacking.maxMembers)
    const decode = await nameDecoder(entries.filter((entry) => !isUtf8(entry)).map((entry) => rawName(entry)))
    const named = entries.map((entry) => ({ entry, name: unicodeName(entry) ?? decode(rawName(entry)) }))
    if (isDocument(new Set(named.map(({ name }) => name)))) return false
    for (const { entry, name } of named) {
      if (/[/\\]$/.test(name)) continue
      const accepted = unpacking.accept(prefix, name, { size: entry.uncompressedSize, problem: problemOf(entry) })
      if (accepted !== undefined) await unpacking.write(accepted, readEntry(zip, entry))
    }
    return true
  } finally {
    zip.close()
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
  } catch (error) {
    throw damaged(error)
  }
}

/** The archive's directory, and no more of it than can be taken. */
async function listEntries(zip: ZipFile, maxMembers: number): Promise<Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry)
      if (entries.length > maxMembers) break
    }
  } catch (error) {
    throw damaged(error)
  }
  return entries
}

async function* readEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  yield* await zip.openReadStreamPromise(entry)
}

/** With `decodeStrings` off it is a buffer, which the types do not know. */
function rawName(entry: Entry): Uint8Array {
  return entry.fileName as unknown as Uint8Array
}

function isUtf8(entry: Entry): boolean {
  return (entry.generalPurposeBitFlag & 0x800) !== 0
}

/** The name when the entry says what it is in: by its flag, or in Info-ZIP's extra field. */
function unicodeName(entry: Entry): string | undefined {
  if (isUtf8(entry)) return new TextDecoder().decode(rawName(entry))
  const field = entry.extraFields.find(({ id }) => id === 0x7075)
  return field === undefined || field.data.length < 6 ? undefined : new TextDecoder().decode(field.data.subarray(5))
}

function problemOf(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'It is protected with a password.'
  // The file's mode on Unix stands in the upper half.
  if (((entry.externalFileAttributes >>> 16) & 0xf000) === 0xa000) return 'It is a link or device, not a file.'
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return 'It is packed in a way that is not supported.'
  return undefined
}

function damaged(cause: unknown): ParseFailure {
  return new ParseFailure('damaged', 'The archive is damaged or was cut off and cannot be unpacked.', { cause })
}
