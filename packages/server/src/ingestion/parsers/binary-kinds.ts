type Signature = readonly [kind: string, offset: number, magic: string]

/** First bytes, as Latin-1. The words stand in "The file is …". */
const signatures: readonly Signature[] = [
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['ole', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['an image (PNG)', 0, '\x89PNG'],
  ['an image (JPEG)', 0, '\xff\xd8\xff'],
  ['an image (GIF)', 0, 'GIF89a'],
  ['an image (GIF)', 0, 'GIF87a'],
  ['an image (TIFF)', 0, 'II*\0'],
  ['an image (TIFF)', 0, 'MM\0*'],
  ['an image (HEIC)', 4, 'ftyphei'],
  ['a video', 4, 'ftyp'],
  ['a video', 0, '\x1aE\xdf\xa3'],
  ['a sound file (MP3)', 0, 'ID3\x03'],
  ['a sound file (MP3)', 0, 'ID3\x04'],
  ['a sound file (FLAC)', 0, 'fLaC\0'],
  ['a sound or video file (Ogg)', 0, 'OggS\0'],
  ['a compressed archive (gzip)', 0, '\x1f\x8b'],
  ['a compressed archive (bzip2)', 0, 'BZh9'],
  ['a compressed archive (xz)', 0, '\xfd7zXZ'],
  ['a compressed archive (Zstandard)', 0, '\x28\xb5\x2f\xfd'],
  ['a compressed archive (7z)', 0, "7z\xbc\xaf'\x1c"],
  ['a compressed archive (RAR)', 0, 'Rar!\x1a'],
  ['an archive (tar)', 257, 'ustar'],
  ['a program', 0, '\x7fELF'],
  ['a program', 0, 'MZ\x90\0'],
  ['a program', 0, '\xcf\xfa\xed\xfe'],
  ['a program', 0, '\xca\xfe\xba\xbe'],
  ['a program (WebAssembly)', 0, '\0asm'],
  ['a database (SQLite)', 0, 'SQLite format 3\0'],
  ['a table in Parquet format', 0, 'PAR1\x15'],
  ['rtf', 0, '{\\rtf'],
  ['a PostScript document; save it as .pdf', 0, '%!PS'],
  ['a mail archive or Outlook file', 0, '!BDN'],
]

/** What a file is by its signature: `pdf`, `zip`, `ole`, `rtf`, or a kind that cannot be read, in words; nothing for text. */
export function binaryKindOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  // A byte order mark or empty lines may come first.
  if (/^[^a-z]{0,16}%PDF-\d/i.test(head)) return 'pdf'
  const container = /^RIFF.{4}(WEBP|WAVE|AVI )/s.exec(head)?.[1]
  if (container !== undefined) return `an image, sound or video (${container.trim()})`
  return signatures.find(([, offset, magic]) => head.startsWith(magic, offset))?.[0]
}
