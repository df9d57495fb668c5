import { open } from 'node:fs/promises'
import { extname } from 'node:path'

/** `gzip` and `zstd` hold one packed file, which may be a tar archive: that shows when it is unpacked. */
export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'zstd'

/** Enough for the signature of a tar archive, which stands at 257. */
const headBytes = 512
/** ZIP archives inside, but one document each. */
const documentExtensions = new Set(
  '.docx .docm .dotx .pptx .pptm .ppsx .xlsx .xlsm .xltx .xlsb .odt .ods .odp .ott .ots .otp .epub'.split(' '),
)

/** The first bytes of a file, which tell its kind. */
export async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  return buffer.subarray(0, bytesRead)
}

/** Whether a file is to be unpacked into several. A ZIP archive under the name of a document is read as one. */
export function archiveKindOf(head: Uint8Array, fileName: string): ArchiveKind | undefined {
  const kind = archiveKindOfHead(head)
  return kind === 'zip' && documentExtensions.has(extname(fileName).toLowerCase()) ? undefined : kind
}

export function archiveKindOfHead(bytes: Uint8Array): ArchiveKind | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, headBytes))
  const startsWith = (hex: string) => head.subarray(0, hex.length / 2).toString('hex') === hex
  if (startsWith('504b0304') || startsWith('504b0506')) return 'zip'
  if (startsWith('1f8b08')) return 'gzip'
  if (startsWith('28b52ffd')) return 'zstd'
  return head.subarray(257, 262).toString('latin1') === 'ustar' ? 'tar' : undefined
}
